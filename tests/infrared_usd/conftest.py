"""A stage written by hand as NVIDIA's assets and users write them."""

from __future__ import annotations

import pytest
from pxr import Sdf, Usd

# An asset as NVIDIA's SimReady library has them: tokens on materials, one of them bound to a GeomSubset; and an older
# one with strings of the shader inputs' namespace.
SIMREADY = """#usda 1.0
( defaultPrim = "World" )
def Xform "World"
{
    def Scope "Looks"
    {
        def Material "opaque__metal__lacquer"
        {
            custom uniform token[] omni:simready:nonvisual:attributes = ["none"]
            custom uniform token omni:simready:nonvisual:base = "aluminum"
            custom uniform token omni:simready:nonvisual:coating = "paint"
        }
        def Material "translucent__glass"
        {
            custom uniform token[] omni:simready:nonvisual:attributes = ["visually_transparent"]
            custom uniform token omni:simready:nonvisual:base = "clear_glass"
            custom uniform token omni:simready:nonvisual:coating = "none"
        }
        def Material "old"
        {
            string inputs:nonvisual:base = "concrete"
            string inputs:nonvisual:coating = "paint"
            string inputs:nonvisual:attributes = "retroreflective, single_sided"
        }
        def Material "example"
        {
            custom token omni:simready:nonvisual:base = "metal"
        }
        def Material "lidar"
        {
            custom token omni:simready:nonvisual:base = "RetroSignMaterial"
        }
        def Material "nothing" {}
        def Material "wrong"
        {
            custom token omni:simready:nonvisual:base = "asfalt"
        }
    }
    def Mesh "Body" ( prepend apiSchemas = ["MaterialBindingAPI"] )
    {
        int[] faceVertexCounts = [3, 3]
        int[] faceVertexIndices = [0, 1, 2, 0, 2, 3]
        point3f[] points = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
        rel material:binding = </World/Looks/opaque__metal__lacquer>
        uniform token subsetFamily:materialBind:familyType = "nonOverlapping"
        def GeomSubset "Pane" ( prepend apiSchemas = ["MaterialBindingAPI"] )
        {
            uniform token elementType = "face"
            uniform token familyName = "materialBind"
            int[] indices = [1]
            rel material:binding = </World/Looks/translucent__glass>
        }
    }
    def Cube "Block" ( prepend apiSchemas = ["MaterialBindingAPI"] )
    {
        rel material:binding = </World/Looks/old>
    }
    def Cube "Tube" ( prepend apiSchemas = ["MaterialBindingAPI"] )
    {
        rel material:binding = </World/Looks/example>
    }
    def Cube "Sign" ( prepend apiSchemas = ["MaterialBindingAPI"] )
    {
        rel material:binding = </World/Looks/lidar>
    }
    def Cube "Bad" ( prepend apiSchemas = ["MaterialBindingAPI"] )
    {
        rel material:binding = </World/Looks/wrong>
    }
    def Cube "Plain" ( prepend apiSchemas = ["MaterialBindingAPI"] )
    {
        rel material:binding = </World/Looks/nothing>
    }
    def Xform "Herd" ( prepend apiSchemas = ["SemanticsLabelsAPI:class"] )
    {
        token[] semantics:labels:class = ["cow"]
        def Sphere "Trunk" {}
    }
    def Xform "Legacy" ( prepend apiSchemas = ["SemanticsAPI:Semantics_x"] )
    {
        string semantic:Semantics_x:params:semanticType = "class"
        string semantic:Semantics_x:params:semanticData = "road"
        def Sphere "Strip" {}
    }
    def Cube "Old_Wood_Plank_02" {}
}
"""


@pytest.fixture
def stage() -> Usd.Stage:
    """Return the hand-written stage."""
    layer = Sdf.Layer.CreateAnonymous(".usda")
    assert layer.ImportFromString(SIMREADY)
    return Usd.Stage.Open(layer)
