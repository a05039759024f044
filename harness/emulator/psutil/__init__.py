"""psutil for code under test: the parts that management code uses, looking at an emulated machine."""
