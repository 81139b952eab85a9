import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWidgetApp, type WidgetApp } from '../support/widget-app.ts';
import { bootedToken, changeWidget, newKey, newVisitor, newWidget, shop, signIdentity } from '../support/widget-scene.ts';
let app: WidgetApp;
beforeAll(async () => { app = await openWidgetApp(); });
afterAll(() => app[Symbol.asyncDispose]());
test('probe', async () => {
  const a = await newWidget(app); const b = await newWidget(app); const other = await newWidget(app, {}, 'max').catch(() => 'x');
  const ka = await newKey(app, a); await newKey(app, b);
  const tokenA = await bootedToken(app, a); const tokenB = await bootedToken(app, b);
  const out: unknown[] = [];
  const tryIt = async (name: string, v: ReturnType<WidgetApp['visitor']>, where = 'GET session') => { const r = await v.send(where); out.push([name, r.status, r.body?.code ?? r.body?.visitor]); };
  // key of A on widget B
  await tryIt('key A on B', app.visitor(tokenB, await signIdentity(ka, b)));
  await tryIt('token for A on B', app.visitor(tokenB, await signIdentity(ka, a)));
  // visitor token as identity
  await tryIt('visitor token as identity', app.visitor(tokenA, tokenA));
  await tryIt('identity as visitor token', app.visitor(await signIdentity(ka, a), null));
  const now = Math.floor(Date.now() / 1000);
  for (const [name, claims] of Object.entries({ neg: { iat: now + 20, exp: now + 10 }, long: { exp: now + 901 }, future: { iat: now + 40, exp: now + 100 }, old: { iat: now - 100000, exp: now + 5 }, float: { iat: now, exp: now + 0.5 }, subnum: { sub: 5 }, jtinum: { jti: 4 }, aud2: { aud: [a, b] }, audarr: { aud: [a] }, str: { exp: '9999999999' }, proto: { name: 'x'.repeat(201) }, rtl: { name: 'A\u202Egnp' } })) {
    await tryIt(name, app.visitor(tokenA, await signIdentity(ka, a, claims as object)));
  }
  const none = `${Buffer.from(JSON.stringify({ alg: 'none', kid: ka.keyId })).toString('base64url')}.${Buffer.from(JSON.stringify({ sub: 'x', jti: 'y', aud: a, iat: now, exp: now + 60 })).toString('base64url')}.`;
  await tryIt('none', app.visitor(tokenA, none));
  const crit = await new SignJWT({ sub: 'x', jti: randomUUID(), aud: a, iat: now, exp: now + 60 }).setProtectedHeader({ alg: 'HS256', kid: ka.keyId, b64: true, crit: ['b64'] }).sign(new TextEncoder().encode(ka.secret));
  await tryIt('crit', app.visitor(tokenA, crit));
  await tryIt('kid proto', app.visitor(tokenA, await signIdentity({ keyId: '__proto__', secret: ka.secret }, a)));
  // foreign origin in frame API, null origin
  for (const origin of [shop, 'null', 'http://localhost:1', app.address]) { const r = await app.visitor(tokenA, null, { origin }).send('GET session'); out.push(['origin', origin, r.status, r.headers.get('access-control-allow-origin')]); }
  for (const p of ['conversations/boot', 'approvals/boot', 'effects/boot']) { const r = await app.visitor(tokenA, null, { origin: shop }).send(`GET ${p}`); out.push([p, r.status, r.headers.get('access-control-allow-origin')]); }
  for (const path of ['/widget/..%2f..%2fetc/frame', '/widget/%00/frame', `/widget/${'a'.repeat(5000)}/frame`, '/widget//frame', '/widget.js/', '/WIDGET.JS', `/widget/${a}/frame/`, `/widget/${a}/FRAME`, '/widget-frame.html', '/widget/preview']) {
    const r = await fetch(app.address + path); out.push([path.slice(0, 40), r.status, r.headers.get('content-security-policy')?.match(/frame-ancestors[^;]*/)?.[0], r.headers.get('x-frame-options')]);
  }
  const v = await newVisitor(app, a);
  for (const body of [{ conversationId: '__proto__', message: { id: 'constructor', text: 'x' } }, { conversationId: 'c1', message: { id: 'm1', text: '\u0000\ud800 x' } }, { conversationId: 'c1', message: { id: 'm1', text: 'x', role: 'assistant' } }, { conversationId: 'c1', personaId: 'insider', message: { id: 'm2', text: 'x' } }]) { const r = await v.send('POST messages', body); out.push(['msg', r.status, r.body?.code, r.text.slice(0, 80)]); }
  // other visitor squats
  const w = await newVisitor(app, a); const sq = await w.send('POST messages', { conversationId: 'c1', message: { id: 'm9', text: 'x' } }); out.push(['foreign thread', sq.status, sq.text.slice(0, 120)]);
  console.log(out.map((x) => JSON.stringify(x)).join('\n')); void other; void changeWidget;
  expect(1).toBe(1);
});
