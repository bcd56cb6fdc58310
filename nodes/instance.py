"""This machine as its metadata service (IMDSv2) describes it, and signed calls to AWS in the name of its role."""

import calendar
import collections
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse

Credentials = collections.namedtuple("Credentials", "access_key secret_key token expires_at")

METADATA_ENDPOINT = "http://169.254.169.254"
TOKEN_SECONDS = 21600
REFRESH_BEFORE_SECONDS = 300
STALE_CREDENTIALS = ("ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException")


class ServiceError(Exception):
    """An answer other than success; `code` is the service's own word for it where it gave one."""

    def __init__(self, status, code, message):
        super().__init__("%s %s: %s" % (status, code, message))
        self.status = status
        self.code = code


class Connection:
    """One kept-alive connection to an HTTP endpoint; opened again after any failure."""

    def __init__(self, endpoint, timeout):
        url = urllib.parse.urlsplit(endpoint)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(url.hostname, url.port, timeout=timeout)
        default_port = url.port is None or url.port == kind.default_port
        self.host = url.hostname if default_port else "%s:%d" % (url.hostname, url.port)
        self.base_path = url.path.rstrip("/")

    def request(self, method, path, headers, body=None):
        """Status and body; raises OSError or HTTPException when there is no answer."""
        try:
            self._connection.request(method, self.base_path + path, body, headers)
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise


class Instance:
    """Identity and credentials, asked for when needed; credentials are kept until shortly before they expire."""

    def __init__(self, environment):
        self._metadata = Connection(environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or METADATA_ENDPOINT, timeout=5)
        self._token = None
        self._credentials = None

    def instance_id(self):
        return self._get("/latest/meta-data/instance-id")

    def credentials(self):
        kept = self._credentials
        if kept is None or kept.expires_at - time.time() < REFRESH_BEFORE_SECONDS:
            role = self._get("/latest/meta-data/iam/security-credentials/").split()[0]
            found = json.loads(self._get("/latest/meta-data/iam/security-credentials/" + role))
            expires_at = calendar.timegm(time.strptime(found["Expiration"][:19], "%Y-%m-%dT%H:%M:%S"))
            self._credentials = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["Token"], expires_at)
        return self._credentials

    def forget_credentials(self):
        self._credentials = None

    def _get(self, path):
        for attempt in range(5):
            if attempt:
                time.sleep(0.2 * 2**attempt)
            try:
                if self._token is None:
                    self._token = self._fetch("PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)})
                return self._fetch("GET", path, {"X-aws-ec2-metadata-token": self._token})
            except (OSError, http.client.HTTPException, ServiceError) as problem:
                if isinstance(problem, ServiceError) and problem.status == 404:
                    raise  # there is no such thing, a role for instance: asking again does not make one
                self._token = None
                last = problem
        raise last

    def _fetch(self, method, path, headers):
        status, body = self._metadata.request(method, path, headers)
        if status != 200:
            raise ServiceError(status, "MetadataError", path)
        return body.decode()


class JsonService:
    """An AWS service that speaks JSON 1.1, called with the instance's credentials (Signature Version 4)."""

    def __init__(self, instance, endpoint, service, region, target_prefix):
        self._instance = instance
        self._connection = Connection(endpoint, timeout=10)
        self._service = service
        self._region = region
        self._target_prefix = target_prefix

    def call(self, operation, request):
        """The answer of an operation; raises ServiceError, OSError or HTTPException."""
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": self._target_prefix + operation}
        path = "/"
        headers = self._signed(headers, path, body)
        status, answer = self._connection.request("POST", path, headers, body)
        if status == 200:
            return json.loads(answer or b"{}")
        problem = _service_error(status, answer)
        if problem.code in STALE_CREDENTIALS:
            self._instance.forget_credentials()
        raise problem

    def _signed(self, headers, path, body):
        credentials = self._instance.credentials()
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = dict(headers, host=self._connection.host)
        headers["x-amz-date"] = now
        if credentials.token:
            headers["x-amz-security-token"] = credentials.token
        names = sorted(headers)
        signed_names = ";".join(names)
        canonical_headers = "".join("%s:%s\n" % (name, headers[name].strip()) for name in names)
        canonical_path = self._connection.base_path + path
        canonical = "\n".join(["POST", canonical_path, "", canonical_headers, signed_names, hashlib.sha256(body).hexdigest()])
        scope = "/".join([now[:8], self._region, self._service, "aws4_request"])
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + credentials.secret_key).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
            credentials.access_key, scope, signed_names, signature)
        return headers


def _service_error(status, answer):
    try:
        told = json.loads(answer)
        code = str(told.get("__type") or told.get("code") or "").rsplit("#", 1)[-1]
        return ServiceError(status, code, str(told.get("message") or told.get("Message") or ""))
    except (ValueError, AttributeError):
        return ServiceError(status, "", answer[:200].decode("utf-8", "replace"))
