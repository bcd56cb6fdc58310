"""What a bucket policy sees of a request: `aws:SecureTransport`, which AWS's endpoints set because they speak TLS.

Here nothing leaves the loopback device and nothing speaks TLS; policies that refuse plain HTTP, as ours do, would
refuse every request. So a request over loopback counts as one over TLS.
"""

import ministack.app


def count_loopback_as_secure() -> None:
    pin = ministack.app.pin_request_origin
    ministack.app.pin_request_origin = lambda source_ip, _secure_transport: pin(source_ip, True)
