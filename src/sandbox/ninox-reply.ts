/** What a route answers; how it reaches the client is the server's and the faults' concern. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A refusal in Ninox's form, `{"message": ...}`. */
export class NinoxRefusal extends Error {
  readonly status: number;

  constructor({ status, message }: { readonly status: number; readonly message: string }) {
    super(message);
    this.name = 'NinoxRefusal';
    this.status = status;
  }
}

export function jsonReply(value: unknown, status = 200): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify(value ?? null)),
  };
}

export function textReply(text: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(text) };
}

export function refusalReply({ status, message }: { readonly status: number; readonly message: string }): Reply {
  return jsonReply({ message }, status);
}
