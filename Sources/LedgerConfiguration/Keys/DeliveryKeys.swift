import LedgerSettings

/// How alerts are mailed.
public enum EmailKeys {
    public static let smtpHost = SettingKey.text(
        "email.smtp_host", default: "", help: "mail server", variables: ["EMAIL_SMTP_HOST"])
    public static let smtpPort = SettingKey<Int>.integer(
        "email.smtp_port", 1...65_535, default: 587, help: "port of the mail server",
        variables: ["EMAIL_SMTP_PORT"])
    public static let user = SettingKey.text(
        "email.user", default: "", help: "user name at the mail server", variables: ["EMAIL_USER"])
    public static let password = SettingKey.secret(
        "email.password", help: "password at the mail server", variables: ["EMAIL_PASSWORD"])
    public static let from = SettingKey.text(
        "email.from", default: "", help: "sender address of alerts", variables: ["EMAIL_FROM"])
    public static let to = SettingKey.text(
        "email.to", default: "", help: "recipients, separated by commas", variables: ["EMAIL_TO"])

    public static let all = [
        smtpHost.setting, smtpPort.setting, user.setting, password.setting, from.setting,
        to.setting,
    ].map(\.notInThisVersion)
}

/// Where alerts and incident bundles go.
public enum AlertKeys {
    public static let slackWebhook = SettingKey.secret(
        "alerts.slack_webhook", help: "URL to post alerts to",
        variables: ["SLACK_WEBHOOK", "SLACK_WEBHOOK_URL"])
    public static let redisURL = SettingKey.secret(
        "alerts.redis_url", help: "Redis server to publish alerts to", variables: ["REDIS_URL"])
    public static let bucket = SettingKey.text(
        "incident.bucket", default: "", help: "destination for copies of incident bundles",
        variables: ["INCIDENT_BUCKET"])

    public static let all = [slackWebhook.setting, redisURL.setting, bucket.setting].map(
        \.notInThisVersion)
}

/// Optional parts, and stand-ins for external services.
public enum FeatureKeys {
    public static let nownodes = SettingKey.flag(
        "features.nownodes", default: false, help: "use an external feed of blockchain data",
        variables: ["USE_NOWNODES"])
    public static let openaiMock = SettingKey.flag(
        "features.openai_mock", default: true, help: "use a stand-in for the language model",
        variables: ["OPENAI_MOCK"])
    public static let redisMock = SettingKey.flag(
        "features.redis_mock", default: false, help: "use a stand-in for Redis",
        variables: ["REDIS_MOCK"])
    public static let mlTests = SettingKey.flag(
        "features.ml_tests", default: false, help: "run tests that need a trained model",
        variables: ["RUN_ML_TESTS"])
    public static let onnxTests = SettingKey.flag(
        "features.onnx_tests", default: false, help: "run tests that need an exported model",
        variables: ["RUN_ONNX_TESTS"])

    public static let all = [
        nownodes.setting, openaiMock.setting, redisMock.setting, mlTests.setting, onnxTests.setting,
    ].map(\.notInThisVersion)
}
