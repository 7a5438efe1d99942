"""What a camera measures beyond RGB: thermal, near infrared, depth noise. Pure NumPy: no USD, no engine."""
