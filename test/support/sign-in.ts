/** The person who sets every test service up. */
export const owner = { name: 'Olivia', email: 'olivia@example.com', password: 'correct horse battery' };

/** Cookies of signed-in people, by the address of the service. */
const cookies = new Map<string, string>();

/** The cookie with which the owner was signed in at a service, if it was one of a test. */
export function cookieAt(address: string): string | undefined {
  return cookies.get(new URL(address).origin);
}

/** Sets the service up with its link, or signs in where that was done before. Returns the session's cookie. */
export async function signInOwner(address: string, setUpLink: string | null): Promise<string> {
  const { name, email, password } = owner;
  const response =
    setUpLink === null
      ? await postJson(`${address}/api/v1/sign-in`, { email, password })
      : await postJson(`${address}/api/v1/set-up`, { token: tokenOf(setUpLink), name, email, password });
  const cookie = await readCookie(response);
  cookies.set(new URL(address).origin, cookie);
  return cookie;
}

/** The cookie a successful sign-in, sign-up or set-up sets. */
export async function readCookie(response: Response): Promise<string> {
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  if (!response.ok || cookie === '') throw new Error(`No sign-in: ${response.status} ${await response.text()}`);
  return cookie;
}

export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function tokenOf(link: string): string | null {
  return new URL(link).searchParams.get('token');
}
