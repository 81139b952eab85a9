export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Stays the same when it is sent again; left out, each time is a new mail. */
  readonly id?: string;
}

/** Sends one mail; rejects when the server did not take it. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
