/** An answer other than success, as the AWS SDK knows it: it throws an error with this code as its name. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** The code of SQS's older protocol; the SDK still reads it beside the new one. */
  readonly legacyCode: string;

  constructor(code: string, message: string, { status = 400, legacyCode = code } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.legacyCode = legacyCode;
  }
}
