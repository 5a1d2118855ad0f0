"""Networks of timm, on one picture."""

import torch

NAMES = """resnet26d resnetv2_50 res2net50_14w_8s seresnet50 efficientnet_lite0 tf_efficientnetv2_b0
    mobilenetv4_conv_small
    ghostnet_100 repvgg_a0 dla34 hrnet_w18_small vgg11 xception41 mixnet_s nfnet_l0 convnextv2_atto mixer_s16_224
    gmlp_s16_224 resmlp_12_224 vit_tiny_patch16_224 deit_small_patch16_224 beit_base_patch16_224
    swin_tiny_patch4_window7_224 coatnet_0_224 poolformer_s12 edgenext_small levit_128
    pvt_v2_b0 volo_d1_224 xcit_nano_12_p16_224 eva02_tiny_patch14_224""".split()


def build(name):
    import timm
    model = timm.create_model(name, pretrained=False)
    return model, (torch.randn(1, *model.default_cfg["input_size"]),), {}
