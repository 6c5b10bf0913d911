import { createTransport } from 'nodemailer';
import { AppError, type Locale } from '../../errors.ts';
import { alertText } from '../../health/alert-model.ts';
import type { AlertSink } from '../../health/alert-ports.ts';
import { beginning } from '../../plain-text.ts';
import { translateSmtp } from './failure.ts';

export interface EmailOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, as on port 465. */
  readonly secure: boolean;
  /** Refuses a server that does not offer STARTTLS; what is sent and the password would be read on the way. */
  readonly requireTls: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly locale: Locale;
  /** Certificates to trust besides the system's. */
  readonly certificates?: string;
}

const CONNECT_MS = 10_000;

/** Alerts as e-mail, over a connection of its own for each. */
export function createEmailSink(options: EmailOptions): AlertSink {
  const { host, port, secure, requireTls, user, password, from, to, locale, certificates } = options;
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    ...(certificates === undefined ? {} : { tls: { ca: certificates } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: CONNECT_MS,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const label = `e-mail to ${to.length === 1 ? (to[0] ?? '') : `${to.length} addresses`} by ${host}`;
  return {
    name: 'email',
    label,
    async send(message, signal) {
      if (signal.aborted) throw new AppError('aborted', 'The message was not sent.');
      const { title, body, footer } = alertText(message, locale);
      const [head] = body.split(/\r?\n/, 1);
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject:
            `[NescordBot] ${title}${message.events.length === 1 ? `: ${beginning(head ?? '', 90)}` : ''}`.toWellFormed(),
          text: `${body}\n\n-- \n${footer}\n`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        });
      } catch (error) {
        throw translateSmtp(error, host);
      }
    },
  };
}
