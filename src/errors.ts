/** Every stable error code an HTTP caller can meet, with the status it is answered with. */
const statusOf = {
  INPUT_INVALID: 400,
  SIGN_IN_REQUIRED: 401,
  SIGN_IN_REFUSED: 401,
  IDENTITY_REQUIRED: 401,
  IDENTITY_INVALID: 401,
  VISITOR_INVALID: 401,
  HOOK_REFUSED: 401,
  FORBIDDEN: 403,
  WIDGET_OFF: 403,
  ORIGIN_REFUSED: 403,
  HOST_REFUSED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  CONVERSATION_BUSY: 409,
  DUPLICATE_MESSAGE: 409,
  PERSONA_CHANGED: 409,
  APPROVAL_INVALID: 409,
  UNDO_REFUSED: 409,
  CONNECTION_CHANGED: 409,
  WIDGET_CHANGED: 409,
  JOB_CHANGED: 409,
  IDEMPOTENCY_CONFLICT: 409,
  CONNECTION_REFUSED: 422,
  PAYLOAD_INVALID: 422,
  TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  RATE_LIMITED: 429,
  RUN_FAILED: 502,
  SHUTTING_DOWN: 503,
  STORAGE_UNAVAILABLE: 503,
} as const;

export type AppErrorCode = keyof typeof statusOf;

/**
 * An error whose message was written for the person who meets it: what happened, why, what to do next.
 * Translated once, at the HTTP edge; any other error is hidden there.
 */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly status: number;

  constructor(code: AppErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.status = statusOf[code];
  }
}

/** Stops the start: the message names what is wrong in the configuration and what is allowed. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}
