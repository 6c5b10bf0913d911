import type { NodemailerError } from 'nodemailer';
import { AppError } from '../../errors.ts';

/** What nodemailer threw, without its text where that could repeat what was sent. */
export function translateSmtp(error: unknown, host: string): AppError {
  const { code = '', responseCode = 0, message = '' } = error as Partial<NodemailerError>;
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return new AppError('config', `${host} does not accept user and password. Check SMTP_URL.`);
  }
  if (code === 'ETLS' || /certificate|SSL|TLS|altnames/i.test(message)) {
    return new AppError(
      'config',
      `The connection to ${host} cannot be encrypted: it offers no STARTTLS, or its certificate is not trusted. Use ` +
        'smtps:// for a server with TLS on port 465; SMTP_REQUIRE_TLS=false sends openly.',
    );
  }
  if (responseCode >= 500) {
    const kind = code === 'EENVELOPE' ? 'config' : 'invalid';
    const what =
      kind === 'config'
        ? 'refused sender or recipient. Check ALERT_EMAIL_FROM and ALERT_EMAIL_TO'
        : 'refused the message';
    return new AppError(kind, `${host} ${what} (SMTP ${responseCode}).`);
  }
  if (responseCode >= 400)
    return new AppError('unavailable', `${host} asks to try again later (SMTP ${responseCode}).`);
  return new AppError(
    'unavailable',
    `${host} cannot be reached or broke off (${code === '' ? 'no reason known' : code}).`,
  );
}
