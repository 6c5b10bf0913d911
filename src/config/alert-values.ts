import { httpUrl, list, Problem } from './values.ts';

export type WebhookKind = 'slack' | 'discord' | 'json';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte: `smtps://`. */
  readonly secure: boolean;
  readonly user: string | null;
  readonly password: string | null;
}

export function webhookUrls(text: string): readonly string[] {
  const urls = list(text);
  if (urls.length === 0) throw new Problem('addresses such as https://hooks.slack.com/services/…, separated by commas');
  return urls.map(httpUrl);
}

const ADDRESS = /^[^\s@<>",;:\\()[\]]+@[^\s@<>",;:\\()[\]]+$/;

export function emailAddresses(text: string): readonly string[] {
  const addresses = list(text);
  if (!addresses.every((address) => ADDRESS.test(address))) {
    throw new Problem('e-mail addresses such as mika@example.org, separated by commas');
  }
  return addresses;
}

export function emailAddress(text: string): string {
  if (!ADDRESS.test(text)) throw new Problem('an e-mail address such as bot@example.org');
  return text;
}

/** `smtp://user:password@mail.example.org:587`, `smtps://…:465`; what is special in a password is percent-encoded. */
export function smtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : null;
  const secure = url?.protocol === 'smtps:';
  const isPlain = url !== null && url.search === '' && url.hash === '' && /^\/?$/.test(url.pathname);
  if (url === null || (!secure && url.protocol !== 'smtp:') || url.hostname === '' || !isPlain) {
    throw new Problem(
      'the address of a mail server such as smtp://user:password@mail.example.org:587 (or smtps://…:465), with what is ' +
        'special in user and password percent-encoded',
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    user: url.username === '' ? null : percentDecoded(url.username),
    password: url.password === '' ? null : percentDecoded(url.password),
  };
}

export function percentDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a password may contain a literal %
  }
}
