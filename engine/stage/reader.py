"""Stage to numbers (first version)."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom, UsdLux, UsdShade

from engine.stage.scene import Camera, Instance, LabelledPrim, Light, Material, Mesh, SceneSnapshot, Texture


def _mat(m, mpu):
    a = np.array(m, dtype=np.float64).T.copy()
    a[:3] *= mpu
    return a


class StageReader:
    """Read a stage into snapshots."""

    def __init__(self, stage):
        self.stage = stage
        self.prev = {}
        self.now = {}
        self.meshes = {}
        self.per_subset_segmentation = False

    def mark_captured(self):
        """Remember transforms."""
        self.prev = dict(self.now)

    def _labels(self, prim):
        out = {}
        for a in prim.GetAttributes():
            n = a.GetName()
            if n.startswith("semantics:labels:"):
                v = a.Get()
                if v:
                    out[n.split(":")[-1]] = tuple(str(x) for x in v)
            elif n.startswith("semantic:") and n.endswith(":semanticType"):
                d = prim.GetAttribute(n.replace("semanticType", "semanticData")).Get()
                if d:
                    out.setdefault(str(a.Get()), (str(d),))
        return out

    def snapshot(self, seconds=0.0):
        """Read everything."""
        st = self.stage
        mpu = UsdGeom.GetStageMetersPerUnit(st)
        tc = Usd.TimeCode(seconds * st.GetTimeCodesPerSecond())
        xc = UsdGeom.XformCache(tc)
        self.now = {}
        insts, lights, labelled = [], [], []
        chains = {}
        it = iter(Usd.PrimRange(st.GetPseudoRoot(), Usd.TraverseInstanceProxies()))
        for prim in it:
            path = str(prim.GetPath())
            if prim.IsA(UsdGeom.Imageable):
                im = UsdGeom.Imageable(prim)
                if im.GetVisibilityAttr().Get(tc) == "invisible" or im.GetPurposeAttr().Get() in ("guide", "proxy"):
                    it.PruneChildren()
                    continue
            parent = chains.get(str(prim.GetParent().GetPath()) if prim.GetParent() else "", ())
            lab = self._labels(prim)
            chain = parent
            if lab:
                lp = LabelledPrim(path, lab, _mat(xc.GetLocalToWorldTransform(prim), mpu))
                labelled.append(lp)
                chain = (lp, *parent)
            chains[path] = chain
            if prim.IsA(UsdGeom.Gprim):
                mesh = self._mesh(prim, tc)
                if mesh is None:
                    continue
                w = _mat(xc.GetLocalToWorldTransform(prim), mpu)
                self.now[path] = w
                g = UsdGeom.Gprim(prim)
                dc = g.GetDisplayColorAttr().Get(tc)
                col = tuple(float(x) for x in dc[0]) if dc and len(dc) == 1 else None
                insts.append(Instance(path, mesh, self._material(prim), w, self.prev.get(path, w), chain, "", col))
            elif prim.HasAPI(UsdLux.LightAPI):
                lights.append(self._light(prim, xc, mpu))
        return SceneSnapshot(tuple(insts), tuple(lights), tuple(labelled), mpu, UsdGeom.GetStageUpAxis(st), seconds)

    def _mesh(self, prim, tc):
        path = str(prim.GetPath())
        if not prim.IsA(UsdGeom.Mesh):
            return None
        m = UsdGeom.Mesh(prim)
        pts = np.array(m.GetPointsAttr().Get(tc), np.float32)
        if prim.IsInPrototype() or prim.IsInstanceProxy():
            pk = str(prim.GetPrimInPrototype().GetPath())
        else:
            pk = path
        key = f"{pk}:{hash(pts.tobytes())}"
        if key in self.meshes:
            return self.meshes[key]
        cnt = np.array(m.GetFaceVertexCountsAttr().Get(tc))
        idx = np.array(m.GetFaceVertexIndicesAttr().Get(tc), np.int32)
        start = np.concatenate([[0], np.cumsum(cnt)[:-1]])
        tri = []
        for k in range(3, int(cnt.max()) + 1):
            f = start[cnt >= k]
            tri.append(np.stack([f, f + k - 2, f + k - 1], 1))
        corner = np.concatenate(tri)
        t = idx[corner].astype(np.int32)
        nrm = m.GetNormalsAttr().Get(tc)
        cn = None
        if nrm is not None and len(nrm):
            n = np.array(nrm, np.float32)
            cn = n[corner] if len(n) == len(idx) else n[t] if len(n) == len(pts) else None
        pv = UsdGeom.PrimvarsAPI(prim).FindPrimvarWithInheritance("st")
        uv = None
        if pv and pv.HasValue():
            u = np.array(pv.ComputeFlattened(tc), np.float32)
            uv = u[corner] if len(u) == len(idx) else u[t] if len(u) == len(pts) else None
        cc = None
        dc = UsdGeom.Gprim(prim).GetDisplayColorAttr().Get(tc)
        if dc and len(dc) == len(pts):
            cc = np.array(dc, np.float32)[t]
        mesh = Mesh(key, pts, t, cn, uv, cc, bool(m.GetDoubleSidedAttr().Get()))
        self.meshes[key] = mesh
        return mesh

    def _material(self, prim):
        mat, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        if not mat:
            return Material()
        src = mat.ComputeSurfaceSource()[0]
        if not src or src.GetIdAttr().Get() != "UsdPreviewSurface":
            return Material(str(mat.GetPath()))
        base = src.GetInput("diffuseColor")
        col = None
        if base:
            if base.HasConnectedSource():
                s = UsdShade.Shader(base.GetConnectedSources()[0][0].source.GetPrim())
                if s.GetIdAttr().Get() == "UsdUVTexture":
                    col = Texture(s.GetInput("file").Get().resolvedPath, "sRGB")
            elif base.Get() is not None:
                col = tuple(float(x) for x in base.Get())
        r = src.GetInput("roughness")
        return Material(str(mat.GetPath()), "preview_surface", col, float(r.Get()) if r and r.Get() is not None else 0.5)

    def _light(self, prim, xc, mpu):
        api = UsdLux.LightAPI(prim)
        kind = prim.GetTypeName().replace("Light", "").lower()
        g = lambda n, d: (prim.GetAttribute("inputs:" + n).Get() if prim.GetAttribute("inputs:" + n) else None) or d  # noqa: E731
        tex = g("texture:file", None)
        return Light(
            str(prim.GetPath()), kind.replace("_1", ""), _mat(xc.GetLocalToWorldTransform(prim), mpu),
            tuple(float(x) for x in g("color", (1, 1, 1))), float(api.GetIntensityAttr().Get()) * 2 ** float(g("exposure", 0.0)),
            radius=float(g("radius", 0.5)), width=float(g("width", 1.0)), height=float(g("height", 1.0)),
            length=float(g("length", 1.0)), angle=float(np.radians(g("angle", 0.53))),
            texture=Texture(tex.resolvedPath or tex.path) if tex else None, camera_visible=kind == "dome",
        )  # fmt: skip

    def camera(self, path, width, height, seconds=0.0):
        """Read a camera."""
        st = self.stage
        mpu = UsdGeom.GetStageMetersPerUnit(st)
        prim = st.GetPrimAtPath(path)
        c = UsdGeom.Camera(prim)
        w = _mat(UsdGeom.XformCache(Usd.TimeCode(seconds * st.GetTimeCodesPerSecond())).GetLocalToWorldTransform(prim), mpu)
        u, _, v = np.linalg.svd(w[:3, :3])
        w[:3, :3] = u @ v
        self.now[path] = w
        fl, ha = float(c.GetFocalLengthAttr().Get()), float(c.GetHorizontalApertureAttr().Get())
        near, far = c.GetClippingRangeAttr().Get()
        f = fl * width / ha
        attrs = {a.GetName(): a.Get() for a in prim.GetAttributes() if a.Get() is not None}
        return Camera(path, width, height, w, self.prev.get(path, w), f, f, width / 2, height / 2, near * mpu, far * mpu,
                      attributes=attrs)  # fmt: skip
