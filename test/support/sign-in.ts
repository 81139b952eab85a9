/** The person who sets every test service up. */
export const owner = { name: 'Olivia', email: 'olivia@example.com', password: 'correct horse battery' };

/** What a service’s record begins with: its connection, the first account, its sign-in. */
export const setUpEvents = 3;
/** What each further start of a test service adds: its owner signs in again. */
export const signInEvents = 1;

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
      : await setUp(address, { token: tokenOf(setUpLink), name, email, password });
  const cookie = await readCookie(response);
  rememberCookie(address, cookie);
  return cookie;
}

/** The owner of the service at this address has this session. */
export function rememberCookie(address: string, cookie: string): void {
  cookies.set(new URL(address).origin, cookie);
}

/** Where there is no demo organization, the first one needs a name. */
async function setUp(address: string, request: object): Promise<Response> {
  const answer = await postJson(`${address}/api/v1/set-up`, request);
  if (answer.status !== 400) return answer;
  return postJson(`${address}/api/v1/set-up`, { ...request, organizationName: 'Test Ltd' });
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
