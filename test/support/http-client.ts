/** Speaks JSON with a service at `address`. */
export interface HttpClient {
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export function createHttpClient(address: string): HttpClient {
  return {
    async get(where) {
      const response = await fetch(address + where);
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
    },
    post: (where, body, headers = {}) =>
      fetch(address + where, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}
