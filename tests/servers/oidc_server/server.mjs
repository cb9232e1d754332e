// A real OAuth 2.0 authorization server (npm oidc-provider) on loopback, with the scopes of SMART Backend Services.
// Clients register themselves (RFC 7591), so that each test has a client and keys of its own.
import Provider from 'oidc-provider';

const [port, resource, ...kinds] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const scope = ['*', ...kinds]
  .flatMap((kind) => ['rs', 'crus', 'cruds', 'read', 'write', '*'].map((may) => `system/${kind}.${may}`));
const { privateKey } = await crypto.subtle.generateKey(
  { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  true, ['sign', 'verify'],
);
const key = { ...(await crypto.subtle.exportKey('jwk', privateKey)), kid: 'server-1', use: 'sig', alg: 'RS256' };
delete key.key_ops;

const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  scopes: scope,
  clientAuthMethods: ['private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
  // The keys of a test lie on this machine, where the provider's own fetch would never look.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: scope.join(' '), audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 300,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.use(async (ctx, next) => {
  await next();
  console.log(`${ctx.method} ${ctx.path} ${ctx.status}`);
});
provider.listen(Number(port), '127.0.0.1', () => console.log('READY'));
