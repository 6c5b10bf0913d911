import type { VariableName } from './variables.ts';

/** What each variable is for, in Japanese; a test compares it with the table in README.ja.md. */
export const aboutInJapanese: Readonly<Record<VariableName, string>> = {
  DISCORD_TOKEN: 'Discord Developer Portal で取得するボットのトークン。ない場合はプレイグラウンドが起動します。',
  GEMINI_API_KEY: 'Gemini の API キー。ない場合は、オフラインエンジンが文書の文を選んで答えます。',
  HOME_GUILD_ID:
    'ボットを運営するモデレーターがいるサーバー。なければ最初に参加したサーバーで、運営者が変更するまで変わりません。',
  MODERATOR_ROLE_IDS: '「サーバー管理」権限のある人のほかに、文書を追加できるロール。',
  OPERATOR_USER_IDS: 'アプリケーションの所有者のほかに、ボットを運営できる人。',
  MESSAGE_CONTENT_INTENT:
    'Developer Portal で Message Content Intent を有効にしたか。有効なら、スレッドではメンションなしで続けて質問できます。',

  DATA_DIR:
    'すべてのデータを置くフォルダー、またはボリュームのマウント先。既定は、Railway ではサービスのボリューム、それ以外では `data`。',
  RAILWAY_VOLUME_MOUNT_PATH: 'ボリュームの場所。Railway が自動で設定します。`DATA_DIR` が優先されます。',
  ALLOW_EMPTY_START:
    '1 回の起動に限り、以前のデータベースの形跡があっても空のデータベースで始めるか、索引と合わないデータベースをそのまま使います。',
  DATABASE_URL:
    'SQLite ファイル。`sqlite:///app/data/nescordbot.db` は /app/data/nescordbot.db を指します。`?timeout=20&journal_mode=DELETE` も使えます（DELETE は WAL を使えないボリューム用）。既定では `DATA_DIR` の中。',
  CHROMADB_PERSIST_DIRECTORY: 'ローカルの Chroma サーバーのファイルを置くフォルダー。既定では `DATA_DIR` の中。',
  CHROMADB_COLLECTION_NAME: 'すべての Chroma コレクションの名前の先頭に付ける文字列。',
  CHROMA_URL: 'ローカルの代わりに使う Chroma サーバーの URL。',
  CHROMA_API_KEY: 'その Chroma サーバーのキー。',
  CHROMA_TENANT: 'その Chroma サーバーのテナント。',
  CHROMA_DATABASE: 'その Chroma サーバーのデータベース。',

  BACKUP_DIRECTORY:
    'バックアップのフォルダー。既定では `DATA_DIR` の中。データと同じボリュームか、常にマウントされている別のボリュームが適しています。',
  BACKUP_KEEP:
    '保持するバックアップの数。変更後のものも同じ数を保持します。下の 4 つの期間が未設定のときに使われます。',
  BACKUP_KEEP_HOURLY:
    '直近の何時間分について、1 時間ごとに最新のものを保持するか。0 で無効。4 つの期間のどれかを設定すると `BACKUP_KEEP` の代わりになります。',
  BACKUP_KEEP_DAILY: '同じく、何日分を保持するか。',
  BACKUP_KEEP_WEEKLY: '同じく、何週間分を保持するか。週は月曜日に始まります。',
  BACKUP_KEEP_MONTHLY: '同じく、何か月分を保持するか。',
  BACKUP_COMPRESSION: 'アーカイブの zstd 圧縮レベル。1 は高速、19 は小さくなりますが低速です。',
  BACKUP_SCHEDULE:
    '自動バックアップの時刻。`every 6h`、`daily 02:00`、`weekly sun 02:00`、`monthly 1 02:00`、または `off`。',
  BACKUP_TIME_ZONE: 'スケジュールと、保持する日・週・月の区切りに使うタイムゾーン。例：`Asia/Tokyo`。',
  BACKUP_AFTER_CHANGES: 'ナレッジが変わったときにバックアップを作るか。多くても 10 分に 1 回です。',
  INTEGRITY_SCHEDULE:
    'データベース、索引、保存したバックアップの破損を調べる時刻。`BACKUP_TIME_ZONE` に従い、書き方は `BACKUP_SCHEDULE` と同じです。',

  GITHUB_SYNC_ENABLED: 'バックアップのコピーを Git LFS で GitHub に送るか。',
  GITHUB_DATA_REPO: 'コピー専用の非公開リポジトリ。`owner/name` と書くか、GitHub 以外ならアドレス全体を指定します。',
  GITHUB_TOKEN: 'そのリポジトリの Contents を読み書きできる fine-grained トークン。',
  GITHUB_BRANCH: 'コピー用のブランチ。なければ作られます。',
  GITHUB_KEEP: '一覧に残すコピーの数。削除したものも GitHub の容量には数えられ続けます。',
  S3_ENDPOINT: 'S3 互換サービスの URL（R2、B2、Railway Buckets、MinIO）。AWS なら空のままにします。',
  S3_REGION: 'バケットのリージョン。サービスの URL から分かるときは空のままで構いません。',
  S3_BUCKET: 'バックアップのコピーを置くバケット。設定すると、この保管先が有効になります。',
  S3_PREFIX: 'コピーの名前の先頭に付ける文字列。付けないときは `/`。',
  S3_ACCESS_KEY_ID: 'アクセスキーの ID。',
  S3_SECRET_ACCESS_KEY: 'シークレットアクセスキー。バケットの一覧、読み取り、書き込み、削除の権限が必要です。',
  S3_KEEP: '保持するコピーの数。',
  VAULT_DIRECTORY:
    '別のディスクやマシンにある、コピー用のフォルダー（マウント、NFS など）。あらかじめ存在している必要があります。',
  VAULT_KEEP: '保持するコピーの数。',
  VAULT_VERIFY_MB_PER_DAY:
    '壊れたコピーに気づくため、保管先ごとに 1 日に読み直す量（MB）。新しいものから順に、このボットのすべてのコピーを読みます。0 なら読み直しません。',
  BACKUP_AGE_PASSPHRASE:
    'コピーをマシンの外に出す前に age で暗号化するパスフレーズ。別の場所にも控えてください。失うとコピーを読めなくなります。',
  BACKUP_AGE_RECIPIENTS:
    'パスフレーズの代わりに使う公開鍵（`age1…`）。鍵の持ち主だけがコピーを読め、このマシンは読めません。',
  BACKUP_AGE_IDENTITY: 'このマシンがコピーを読むための秘密鍵（`AGE-SECRET-KEY-1…`）。復元に必要です。',
  BACKUP_ENCRYPT_LOCAL: 'このマシンのバックアップも暗号化するか。',
  RESTORE_ON_EMPTY:
    'データベースのない状態で起動したとき、オンラインになる前に、このボットの正常な最新のバックアップを保管先から取り寄せて復元するか。保管先があれば既定で有効。',
  RESTORE_INSTALLATION:
    '自分のものと確認できないバックアップを復元する場合の指定。ログに表示されるインストールの ID、または ID のない旧バージョンのバックアップなら `without-identity`。',

  ALERT_CHANNEL_ID:
    'アラートを送る Discord チャンネル。ボットに「チャンネルを見る」「メッセージを送信」「埋め込みリンク」の権限が必要です。',
  ALERT_ROLE_ID: '重大な問題が起きたときに、そこでメンションするロール。',
  ALERT_LANGUAGE: 'en または ja。既定は英語で、Discord チャンネルではそのサーバーの言語です。',
  ALERT_WEBHOOK_URL: 'アラートの送信先 URL。複数あるときはカンマで区切ります。',
  ALERT_WEBHOOK_KIND:
    '送信先の形式。slack、discord、json のいずれか。既定では URL から判断し、Slack でも Discord でもなければ JSON を送ります。',
  ALERT_EMAIL_TO: 'アラートの送信先メールアドレス。複数あるときはカンマで区切ります。',
  ALERT_EMAIL_FROM: 'そのメールの差出人。',
  SMTP_URL: 'メールを送るサーバー。`smtp://user:password@mail.example.org:587` または `smtps://` で指定します。',
  SMTP_REQUIRE_TLS: 'STARTTLS のないメールサーバーを拒否するか。既定は true で、このマシン上のサーバーだけは例外です。',
  BACKUP_MAX_AGE_HOURS:
    '検証済みの最新のバックアップがこれより古いと知らせます。既定は、定期バックアップの間隔の 2 倍です。',
  BACKUP_MAX_MB: 'バックアップがこれより大きいと知らせます。',

  GEMINI_GENERATION_MODELS:
    '回答を書くモデル。優先する順に並べます。利用枠切れや提供終了のときは、次のモデルが使われます。',
  GEMINI_EMBEDDING_MODEL: '該当箇所をベクトルにするモデル。変えると、すべてのベクトルを作り直します。',
  GEMINI_EMBEDDING_DIMENSIONS: 'ベクトルの次元数。',
  GEMINI_BASE_URL: 'プロキシを使うときの Gemini API の URL。',
  GEMINI_CONCURRENCY: 'Gemini への同時リクエスト数。',
  GEMINI_TIMEOUT_SECONDS: 'Gemini への 1 回のリクエストにかけてよい秒数。',

  MAX_DOCUMENT_MB: '追加できる文書の最大サイズ（MB）。',
  MAX_QUESTION_CHARACTERS: '質問の最大文字数。',
  ANSWER_PASSAGE_TOKENS: '1 回の回答のために読む文書の量（トークン数）。',
  ANSWER_MAX_OUTPUT_TOKENS: '回答の最大の長さ（トークン数）。',
  ANSWER_TIMEOUT_SECONDS: 'この秒数を過ぎると、代わりに該当箇所を表示します。',
  QUESTIONS_PER_USER_PER_MINUTE: '1 人が 1 分間にできる質問の数。超えると、いつ再び質問できるかを知らせます。',
  QUESTIONS_PER_SERVER_PER_MINUTE: '同じく、サーバー全体での数。',

  API_TOKEN:
    'REST API を使うためのトークン。32 文字以上のランダムな文字列です。ない場合は、ヘルスチェックだけが使えます。',
  API_TOKENS: '追加のトークン。それぞれに名前と権限を付けます：`grafana:read:TOKEN,deploy:operate:TOKEN`。',
  API_REQUESTS_PER_MINUTE: '1 つのトークンが 1 分間にできるリクエストの数。',
  TRUST_PROXY: 'ボットの前にあり、呼び出し元のアドレスを伝えるプロキシの数。Railway では 1、なければ 0。',

  HISTORY_DAYS: '質問・回答・評価は、この日数が過ぎると削除されます。日ごとの集計は残ります。0 なら削除しません。',
  LOG_LEVEL: 'error、warn、info、debug のいずれか。',
  LOG_FILE: 'コンソールのほかにログを書くファイル。ボットだけが読めます。',
  LOG_FILE_MB: '次のファイルに切り替えるサイズ（MB）。',
  LOG_FILES: '保持するログファイルの数。`LOG_FILE`、`LOG_FILE.1`、と続きます。',
  PLAYGROUND_EXPOSED:
    'ほかのマシンから届きうるアドレスでプレイグラウンドを待ち受けてよいか。開いた人は運営者と同じ操作ができるため、127.0.0.1 だけに公開したポートで使います。',
  HOST: '待ち受けるアドレス。既定は、プレイグラウンドでは 127.0.0.1、実際のボットでは 0.0.0.0。',
  PORT: 'プレイグラウンド、ダッシュボード、REST API、ヘルスチェックのポート。',
  CLI_COMMAND: 'メッセージの中でシェルのコマンドを示すときの書き方。コンテナイメージと systemd ユニットが設定します。',
};
