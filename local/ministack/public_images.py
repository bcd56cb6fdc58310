"""What every account on AWS sees and MiniStack lacks: machine images, and the public parameters that name them."""

import hashlib

from ministack.services import ec2, ssm

_AMAZON = "137112412989"
_PARAMETERS = {
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64": "al2023-ami-2023-kernel-6.1-arm64",
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id": "al2023-ami-ecs-hvm-2023-x86_64",
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id": "al2023-ami-ecs-hvm-2023-arm64",
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id":
        "Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) x86_64",
    "/aws/service/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id":
        "Deep Learning ARM64 Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023)",
}


def publish() -> None:
    for parameter, name in _PARAMETERS.items():
        image = "ami-" + hashlib.sha256(name.encode()).hexdigest()[:17]
        ssm._PUBLIC_AMI_PARAMETERS[parameter] = image
        ec2._STUB_AMIS.append((image, name, name, "", "/dev/xvda", _AMAZON, "amazon"))
    _tell_architectures_apart()


def _tell_architectures_apart() -> None:
    view = ec2._stub_image_view

    def with_architecture(image, name, *rest):
        known = view(image, name, *rest)
        return {**known, "Architecture": "arm64"} if "arm64" in name.lower() else known

    ec2._stub_image_view = with_architecture
