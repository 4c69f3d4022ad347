import LedgerDomain
import LedgerEvents
import LedgerSettings

/// What the ledger knows of a venue without reaching it. Each venue declares one, and the list of venues
/// names it; whatever depends on the venue asks its descriptor.
public struct VenueDescriptor: Sendable {
    /// As configurations, journals and commands write it, such as `acme`.
    public var name: String
    /// As people write it.
    public var title: String
    public var capabilities: VenueCapabilities
    public var keys: VenueKeyNames
    /// What the trading daemon reads of this venue: addresses, limits, its paper side.
    public var settings: [Setting]
    /// What the local exchange reads of this venue's dialect.
    public var exchangeSettings: [Setting]
    public var filters: FiltersSource
    /// Nil when the venue has no file of fees.
    public var fees: FeesSource?
    /// Configurations that help texts show.
    public var examples: Examples
    /// The setting that must be true, besides the venue's paper side being off, before money is at stake.
    public var liveSwitch: LiveSwitch?
    /// Reads one message of a recorded market stream; nil when recordings of this venue are not read.
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

    /// Files of `configs/`; empty for none.
    public struct Examples: Hashable, Sendable {
        public var paper: String
        public var live: String

        public init(paper: String = "", live: String = "") {
            (self.paper, self.live) = (paper, live)
        }
    }

    /// The settings of its keys, which every venue has.
    public var credentials: CredentialKeys {
        CredentialKeys(venue: name, title: title, variables: keys)
    }

    /// The venue's settings that say whether money is at stake.
    public struct LiveSwitch: Sendable {
        /// The venue's paper side is used unless it is false.
        public var paper: SettingKey<Bool>
        /// Must be true as well, so that one slip is not enough.
        public var enabled: SettingKey<Bool>

        public init(paper: SettingKey<Bool>, enabled: SettingKey<Bool>) {
            (self.paper, self.enabled) = (paper, enabled)
        }
    }
}

/// The environment's names of a venue's keys, the first of each being the one to tell people of.
public struct VenueKeyNames: Hashable, Sendable {
    public var key: [String]
    public var secret: [String]

    public init(key: [String], secret: [String]) { (self.key, self.secret) = (key, secret) }

    /// The command that sets both.
    public var export: String { "export \(key[0])=… \(secret[0])=…" }
}

/// Which orders and how many symbols a venue takes.
public struct VenueCapabilities: Hashable, Sendable {
    /// One type of order for one kind of instrument, and the times in force that it may have.
    public struct Form: Hashable, Sendable {
        public var kind: InstrumentKind
        public var orderType: OrderType
        public var times: [TimeInForce]

        public init(_ kind: InstrumentKind, _ orderType: OrderType, _ times: [TimeInForce]) {
            (self.kind, self.orderType, self.times) = (kind, orderType, times)
        }
    }

    public var forms: [Form]
    /// Symbols of which one connection brings market data; nil for no limit.
    public var symbolsPerConnection: Int?

    public init(forms: [Form], symbolsPerConnection: Int? = nil) {
        (self.forms, self.symbolsPerConnection) = (forms, symbolsPerConnection)
    }

    public func takes(_ kind: InstrumentKind, _ type: OrderType, _ time: TimeInForce) -> Bool {
        forms.contains { $0.kind == kind && $0.orderType == type && $0.times.contains(time) }
    }
}

/// Where a venue's filters come from: its answer, the file made of it, and the commands that make the file.
public struct FiltersSource: Sendable {
    /// What people call the answer.
    public var answer: String
    /// The file that the commands write unless they are told another.
    public var path: String
    /// The words after `ledger data` and `ledgerd data`.
    public var importCommand: String
    public var fetchCommand: String
    /// Reads the answer; the time is nil when the answer does not say it.
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
    /// The file that the commands write unless they are told another.
    public var path: String
    public var read: @Sendable ([UInt8]) throws(JSONFault) -> [VenueFee]

    public init(
        path: String, read: @escaping @Sendable ([UInt8]) throws(JSONFault) -> [VenueFee]
    ) {
        (self.path, self.read) = (path, read)
    }
}
