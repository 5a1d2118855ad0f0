"""Networks of torchvision, on one picture or clip."""

import torch

IMAGE = """alexnet vgg11_bn vgg16 resnet18 resnet50 resnext50_32x4d wide_resnet50_2 densenet121 mobilenet_v2
    mobilenet_v3_small mobilenet_v3_large efficientnet_b0 efficientnet_v2_s convnext_tiny vit_b_16 swin_t swin_v2_t
    maxvit_t regnet_y_400mf regnet_x_400mf shufflenet_v2_x1_0 squeezenet1_1 mnasnet1_0 googlenet inception_v3""".split()
SEGMENTATION = "fcn_resnet50 deeplabv3_mobilenet_v3_large lraspp_mobilenet_v3_large".split()
VIDEO = "r3d_18 r2plus1d_18 mc3_18 s3d mvit_v1_b swin3d_t".split()
FLOW = ["raft_small"]
NAMES = IMAGE + SEGMENTATION + VIDEO + FLOW
_SIZES = {"inception_v3": 299}


def build(name):
    import torchvision
    if name in IMAGE:
        more = {"aux_logits": False} if name in ("googlenet", "inception_v3") else {}
        if more:
            more["init_weights"] = False
        model = torchvision.models.get_model(name, weights=None, **more)
        size = _SIZES.get(name, 224)
        return model, (torch.randn(1, 3, size, size),), {}
    if name in SEGMENTATION:
        model = torchvision.models.get_model(name, weights=None, weights_backbone=None)
        return model, (torch.randn(1, 3, 128, 128),), {}
    if name in VIDEO:
        frames, size = (16, 224) if name in ("mvit_v1_b", "swin3d_t", "s3d") else (16, 112)
        return torchvision.models.get_model(name, weights=None), (torch.randn(1, 3, frames, size, size),), {}
    pictures = torch.randn(1, 3, 128, 128), torch.randn(1, 3, 128, 128)
    return torchvision.models.get_model(name, weights=None), pictures, {"num_flow_updates": 3}
