import { expect, test } from 'vitest';
import { createAddressPolicy, isPublicAddress } from './address-policy.ts';

test.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  '127.0.0.1',
  '127.8.9.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '240.0.0.1',
  '198.18.0.1',
  '192.0.2.1',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fec0::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::a00:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::1',
  '2002:c0a8:101::1',
  '2001:0:808:808::1',
  '2001:db8::1',
  '',
  'localhost',
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

const policyFor = (addresses: readonly string[], allowedHosts: readonly string[] = []) => {
  const asked: string[] = [];
  const policy = createAddressPolicy({
    allowedHosts,
    lookUp: async (host) => {
      asked.push(host);
      if (addresses.length === 0) throw new Error('ENOTFOUND');
      return addresses.map((address) => ({ address }));
    },
  });
  return { policy, asked };
};

test('one private address among several is enough to refuse a name', async () => {
  const { policy } = policyFor(['8.8.8.8', '10.0.0.1']);
  const refused = { code: 'EGRESS_DENIED', message: expect.stringContaining('ALLOWED_PRIVATE_HOSTS=nas.example:8443') };
  await expect(policy.admit(new URL('https://nas.example:8443/v1'))).rejects.toMatchObject(refused);
});

test('a public name passes; one that cannot be looked up is left to the request itself', async () => {
  await policyFor(['8.8.8.8', '2606:4700::1111']).policy.admit(new URL('https://ninox.example'));
  await policyFor([]).policy.admit(new URL('https://ninox.example'));
});

test('http is refused before anything is looked up', async () => {
  const { policy, asked } = policyFor(['8.8.8.8']);
  await expect(policy.admit(new URL('http://ninox.example'))).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  expect(asked).toEqual([]);
});

test.each([
  ['http://nas.lan:8080', true],
  ['http://NAS.lan.:8080/v1', true],
  ['http://nas.lan', false],
  ['https://nas.lan:8081', false],
  ['https://10.0.0.5', true],
  ['http://10.0.0.5:99', true],
  ['https://evil.nas.lan:8080', false],
  ['https://[fd00::1]', true],
])('with an administrator’s permission %s: %j', async (address, isAllowed) => {
  const { policy } = policyFor(['10.0.0.1'], ['nas.lan:8080', '10.0.0.5', '[fd00::1]:443']);
  const url = new URL(address);
  const admitted = await policy.admit(url).then(
    () => true,
    () => false,
  );
  expect([admitted, policy.allowsSocket(url, '10.0.0.1')]).toEqual([isAllowed, isAllowed]);
});

test('the service sends nothing to itself, whatever is allowed, and by whatever name', async () => {
  const own = () => ['https://personas.example.com', 'http://localhost:3000'];
  const lookUp = () => Promise.resolve([{ address: '8.8.8.8' }]);
  const policy = createAddressPolicy({ allowedHosts: ['localhost', 'personas.example.com'], own, lookUp });
  for (const url of [
    'https://personas.example.com/api/v1/jobs',
    'https://PERSONAS.example.com.:443/',
    'http://localhost:3000/hooks/a/b',
  ]) {
    await expect(policy.admit(new URL(url)), url).rejects.toThrow(/this service itself/);
  }
  await expect(policy.admit(new URL('http://localhost:3001/'))).resolves.toBeUndefined();
  await expect(policy.admit(new URL('https://other.example.com/'))).resolves.toBeUndefined();
});
