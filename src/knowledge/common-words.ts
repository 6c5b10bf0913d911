const english = `a an the of in on at to for from by with without as is are was were be been being am do does did done doing
have has had having can could may might must shall should will would need and or not no nor but if then than that this these
those there here it its he she they we you i me my our your their his her him them us who whom whose which what when where why
how all any each some such only own same so too very about into over under again more most other up down out off between both
through during before after above below because until while also just get gets got use uses used using way ways tell show
please know work works thing things kind make makes made does mean means anyone someone`;

const japanese = `の に は を た が で て と し れ さ ある いる も する から な こと として い や など なっ ない この ため その
あっ よう また もの という あり まで られ なる へ か だ これ によって により おり より による ず なり られる において ば なかっ
なく しかし について せ だっ できる それ う ので なお のみ でき き つ における および いう さらに でも ら たり その他 に関する
たち ます ん なら に対して 特に せる 及び これら とき では にて ほか うち そして とともに ただし それぞれ または お ほど に対する
ほとんど と共に といった です とも ところ ここ 何 誰 だれ どこ いつ どの どんな どう なぜ どれ どちら なに なん いくつ いくら 何故
年 月 日 的 者 人 名前 方法 教え 教えて ください 下さい 知り たい まし でし でしょ ました でした か月 んで って いつ頃 何年 何人 何と
何が 何で 何処 いっ いわ 言う 呼ば 呼ばれる あります ありますか ですか ますか`;

/**
 * Words that say how something is asked or put, not what about, in lower case as `searchWords` cuts them. They count
 * little where nothing else is known of a word's weight. The offline embedder's vectors depend on this list: a change
 * to it is a new version of that embedding space.
 */
export const commonWords: ReadonlySet<string> = new Set(`${english} ${japanese}`.split(/\s+/u));
