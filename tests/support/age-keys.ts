/** Made for tests, and nobody's. */
export const ALICE = {
  identity: 'AGE-SECRET-KEY-1GS7SJDD88DPDYGHQCGWAQHMPP92ZL5D29QCD0C0KX7QVFMZYG2MSTL2AGD',
  recipient: 'age1ae9m5c9sw33e0p9kn2kyyd4fmhsm69awccclkay8jc8yak7uvqwqhuwp3z',
};

/** As the cipher takes them. */
export const aliceKey = { passphrase: null, recipients: [ALICE.recipient], identities: [ALICE.identity] };

/** As the environment has them. */
export const aliceVariables = { BACKUP_AGE_RECIPIENTS: ALICE.recipient, BACKUP_AGE_IDENTITY: ALICE.identity };
