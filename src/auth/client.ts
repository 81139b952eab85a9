/** What a request says about who sent it, as far as signing in goes. */
export interface Client {
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  readonly address: string | undefined;
}
