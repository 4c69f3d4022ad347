import LedgerDomain
import LedgerEvents
import LedgerSettings

/// What the ledger knows about a venue without connecting to it. Each venue declares one, and the
/// list of venues contains it; code that depends on the venue asks its descriptor.
public struct VenueDescriptor: Sendable {
    /// The name in configurations, journals and commands, such as `acme`.
    public var name: String
    /// The name shown to users.
    public var title: String
    public var capabilities: VenueCapabilities
    public var keys: VenueKeyNames
    /// The venue's settings for the trading daemon: addresses, limits, its paper account.
    public var settings: [Setting]
    /// The venue's settings for the local exchange.
    public var exchangeSettings: [Setting]
    public var filters: FiltersSource
    /// Nil if the venue has no fee file.
    public var fees: FeesSource?
    /// Configurations shown in help texts.
    public var examples: Examples
    /// The setting that must be true for real money, in addition to the paper option being off.
    public var liveSwitch: LiveSwitch?
    /// Reads one message of a recorded market stream; nil if recordings of this venue are not
    /// supported.
    public var recording: MessageReader?

    public typealias MessageReader =
        @Sendable (_ message: [UInt8], _ received: Timestamp, _ reports: inout [GatewayReport])
        throws(JSONFault) -> Void

    public init(
        name: String, title: String, capabilities: VenueCapabilities, keys: VenueKeyNames,
        settings: [Setting] = [], exchangeSettings: [Setting] = [], filters: FiltersSource,
        fees: FeesSource? = nil, examples: Examples = Examples(), liveSwitch: LiveSwitch? = nil,
        recording: MessageReader? = nil
    ) {
        (self.name, self.title, self.capabilities) = (name, title, capabilities)
        (self.keys, self.filters, self.fees) = (keys, filters, fees)
        (self.settings, self.exchangeSettings) = (settings, exchangeSettings)
        (self.examples, self.liveSwitch, self.recording) = (examples, liveSwitch, recording)
    }

    /// Files in `configs/`; empty for none.
    public struct Examples: Hashable, Sendable {
        public var paper: String
        public var live: String

        public init(paper: String = "", live: String = "") {
            (self.paper, self.live) = (paper, live)
        }
    }

    /// The settings for its keys, which every venue has.
    public var credentials: CredentialKeys {
        CredentialKeys(venue: name, title: title, variables: keys)
    }

    /// The venue's settings that decide whether real money is used.
    public struct LiveSwitch: Sendable {
        /// The venue's paper account is used unless this is false.
        public var paper: SettingKey<Bool>
        /// Must also be true, so that one mistake is not enough.
        public var enabled: SettingKey<Bool>

        public init(paper: SettingKey<Bool>, enabled: SettingKey<Bool>) {
            (self.paper, self.enabled) = (paper, enabled)
        }
    }
}

/// The environment variables of a venue's keys; messages use the first of each.
public struct VenueKeyNames: Hashable, Sendable {
    public var key: [String]
    public var secret: [String]

    public init(key: [String], secret: [String]) { (self.key, self.secret) = (key, secret) }

    /// The command that sets both.
    public var export: String { "export \(key[0])=… \(secret[0])=…" }
}

/// Which orders and how many symbols a venue accepts.
public struct VenueCapabilities: Hashable, Sendable {
    /// One order type for one kind of instrument, with its allowed times in force.
    public struct Form: Hashable, Sendable {
        public var kind: InstrumentKind
        public var orderType: OrderType
        public var times: [TimeInForce]

        public init(_ kind: InstrumentKind, _ orderType: OrderType, _ times: [TimeInForce]) {
            (self.kind, self.orderType, self.times) = (kind, orderType, times)
        }
    }

    public var forms: [Form]
    /// The number of symbols per market data connection; nil for no limit.
    public var symbolsPerConnection: Int?

    public init(forms: [Form], symbolsPerConnection: Int? = nil) {
        (self.forms, self.symbolsPerConnection) = (forms, symbolsPerConnection)
    }

    public func takes(_ kind: InstrumentKind, _ type: OrderType, _ time: TimeInForce) -> Bool {
        forms.contains { $0.kind == kind && $0.orderType == type && $0.times.contains(time) }
    }
}

/// Where a venue's filters come from: its answer, the file made from it, and the commands that make
/// it.
public struct FiltersSource: Sendable {
    /// The usual name of the answer.
    public var answer: String
    /// The file that the commands write by default.
    public var path: String
    /// The words after `ledger data` and `ledgerd data`.
    public var importCommand: String
    public var fetchCommand: String
    /// Reads the answer; the time is nil if the answer does not state it.
    public var read:
        @Sendable ([UInt8]) throws(JSONFault) -> (
            madeAt: Timestamp?, instruments: [VenueInstrument]
        )

    public init(
        answer: String, path: String, importCommand: String, fetchCommand: String,
        read:
            @escaping @Sendable ([UInt8]) throws(JSONFault) -> (
                madeAt: Timestamp?, instruments: [VenueInstrument]
            )
    ) {
        (self.answer, self.path, self.read) = (answer, path, read)
        (self.importCommand, self.fetchCommand) = (importCommand, fetchCommand)
    }
}

/// Where a venue's fees come from.
public struct FeesSource: Sendable {
    /// The file that the commands write by default.
    public var path: String
    public var read: @Sendable ([UInt8]) throws(JSONFault) -> [VenueFee]

    public init(
        path: String, read: @escaping @Sendable ([UInt8]) throws(JSONFault) -> [VenueFee]
    ) {
        (self.path, self.read) = (path, read)
    }
}
