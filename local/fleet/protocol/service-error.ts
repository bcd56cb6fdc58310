/**
 * An error as an AWS service answers it. The protocol layer writes it in the form of the service asked
 * (XML for EC2, JSON for the others).
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly status: number;

  /** @param code the error code that clients match on @param status the HTTP status, 400 unless said */
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The connection is to be dropped without an answer: what a client sees when a network breaks. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}
