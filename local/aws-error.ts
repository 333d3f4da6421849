/** An error response as the AWS SDK understands it: the SDK throws an error with this code as its name. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** The code in SQS's older protocol; the SDK still reads it beside the new one. */
  readonly legacyCode: string;

  constructor(code: string, message: string, { status = 400, legacyCode = code } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.legacyCode = legacyCode;
  }
}
