"""FP32 model → variant artifact: recipes, calibration, and the content-addressed cache."""
