import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { localhostCertificate } from './localhost-certificate.ts';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and all, as it came over the line. */
  readonly source: string;
  readonly encrypted: boolean;
  readonly user: string | null;
}

export interface MailServer {
  readonly port: number;
  readonly certificate: string;
  readonly user: string;
  readonly password: string;
  readonly mails: readonly Mail[];
  /** `later`: 451; `refuse`: 550 for recipients; `cut`: hangs up in the middle of the message; `hang`: takes it and says nothing. */
  manner: 'take' | 'later' | 'refuse' | 'cut' | 'hang';
}

/** A real mail server on a free port, closed when the test ends. It demands a login. */
export async function openMailServer(t: TestContext, { startTls = true } = {}): Promise<MailServer> {
  const mails: Mail[] = [];
  const refusal = (responseCode: number) => Object.assign(new Error('not now'), { responseCode });
  const server = new SMTPServer({
    ...localhostCertificate,
    disabledCommands: startTls ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onAuth({ username, password }, _session, done) {
      if (username === mailbox.user && password === mailbox.password) done(null, { user: username });
      else done(new Error('wrong password'));
    },
    onMailFrom: (_address, _session, done) => done(mailbox.manner === 'later' ? refusal(451) : null),
    onRcptTo: (_address, _session, done) => done(mailbox.manner === 'refuse' ? refusal(550) : null),
    onData(stream, session, done) {
      if (mailbox.manner === 'cut') {
        for (const connection of server.connections) connection.close();
        stream.resume();
        return;
      }
      stream.on('error', done);
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        if (mailbox.manner === 'hang') return;
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(pieces).toString(),
          encrypted: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        });
        done();
      });
    },
  });
  server.on('error', () => undefined); // connections that the client ends
  const listening = server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => listening.once('listening', resolve));
  t.after(
    () =>
      new Promise<void>((resolve) => {
        for (const connection of server.connections) connection.close();
        server.close(resolve);
      }),
  );
  const mailbox: MailServer = {
    port: (listening.address() as AddressInfo).port,
    certificate: localhostCertificate.cert,
    user: 'bot@example.org',
    password: 'mail-password-4711',
    mails,
    manner: 'take',
  };
  return mailbox;
}
