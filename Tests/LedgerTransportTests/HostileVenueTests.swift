import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import Testing

/// A gateway whose venue says nonsense every few messages. It goes on, it tells of each, and what it reports
/// is what the exchange did.
@Suite(.serialized) struct HostileVenueTests {
    /// The gateway behind the proxy, and another one that hears the exchange itself.
    private struct Desk {
        let venue: VenueFixture.Venue
        let truth: VenueFixture
        let proxy: HostileProxy
        let gateway: any VenueGateway
        let box = ReportBox()

        init(_ venue: VenueFixture.Venue, seed: UInt64) throws {
            self.venue = venue
            truth = try VenueFixture(venue)
            proxy = try HostileProxy(to: truth.port, seed: seed)
            let (old, new) = ("127.0.0.1:\(truth.port)", "127.0.0.1:\(proxy.port)")
            var settings = truth.settings
            settings.restURL = settings.restURL.replacing(old, with: new)
            settings.orderStreamURL = settings.orderStreamURL.replacing(old, with: new)
            settings.marketStreamURL = settings.marketStreamURL.replacing(old, with: new)
            settings.socket.connectTimeout = .milliseconds(300)
            settings.retries = 1
            settings.seed = seed
            gateway = try VenueFixture.gateway(venue, settings)
            gateway.start(symbols: [venue.symbol], sink: box.sink)
            box.link(.orders, true)
        }

        /// Answers come, one after the other, until the order stream is up.
        func recover() {
            proxy.damage(0)
            repeat {
                gateway.queryAccount(symbols: [venue.symbol])
                _ = box.account()
            } while !gateway.isOrderStreamUp
        }
    }

    /// What became of one order, by what its reports say.
    private func ends(_ reports: [GatewayReport], _ client: String) -> [VenueStatus] {
        reports.compactMap { report in
            guard case .order(let order) = report, order.clientOrder == client,
                order.status.isEnd
            else { return nil }
            return order.status
        }
    }

    private func fills(_ reports: [GatewayReport]) -> [String: VenueFill] {
        var found: [String: VenueFill] = [:]
        for case .fill(let fill) in reports { found[fill.execution] = fill }
        return found
    }

    @Test(
        arguments: [VenueFixture.Venue.alpaca, .binance], [1, 2, 3] as [UInt64])
    func `nonsense is told as such, and nothing false is`(
        _ venue: VenueFixture.Venue, _ seed: UInt64
    ) throws {
        let desk = try Desk(venue, seed: seed)
        let (truth, gateway) = (desk.truth, desk.gateway)
        defer { gateway.stop() }
        var names: [String] = []
        for round in 0..<12 {
            desk.proxy.damage(35)
            try truth.quote(99, 101)
            let round = "\(seed)-\(round)"
            let own = ["m-\(round)", "l-\(round)", "p-\(round)"]
            gateway.submit(truth.order(own[0], .market, time: .immediateOrCancel))
            gateway.submit(truth.order(own[1], price: 90))
            gateway.submit(truth.order(own[2], quantity: 5, price: 100))
            try truth.quote(99, 100, size: "2")
            gateway.cancel(truth.reference(own[1]))
            for _ in 0..<3 {
                gateway.queryAccount(symbols: [venue.symbol])
                gateway.queryFills(since: .zero, symbols: [venue.symbol])
                own.forEach { gateway.query(truth.reference($0)) }
            }
            names += own
            // Every question has an answer at least.
            desk.proxy.wait(12)
            desk.recover()
        }
        // What is still open ends, and everything is asked for once more, behind all older questions.
        for name in names { gateway.cancel(truth.reference(name)) }
        gateway.submit(truth.order("end", price: 80))
        _ = desk.box.order("end", .accepted)
        gateway.cancel(truth.reference("end"))
        _ = desk.box.order("end", .cancelled)
        gateway.queryAccount(symbols: [venue.symbol])
        gateway.queryFills(since: .zero, symbols: [venue.symbol])
        gateway.queryFills(truth.reference("end"))
        _ = desk.box.order("end", .cancelled)
        compare(desk, names)
        let faults = desk.box.all.count {
            if case .fault(.malformed, _) = $0 { true } else { false }
        }
        #expect(desk.proxy.damages > 40 && faults > 15, "\(desk.proxy.damages), \(faults)")
    }

    private func compare(_ desk: Desk, _ names: [String]) {
        desk.truth.gateway.queryFills(since: .zero, symbols: [desk.venue.symbol])
        desk.truth.gateway.queryAccount(symbols: [desk.venue.symbol])
        let account = desk.truth.box.account()
        let (real, told) = (fills(desk.truth.box.all), fills(desk.box.all))
        let difference = Set(told.keys).symmetricDifference(real.keys)
        #expect(difference.isEmpty, "every execution, and none beside")
        for case .fill(let fill) in desk.box.all {
            guard let same = real[fill.execution] else { continue }
            #expect(fill.price == same.price && fill.quantity == same.quantity)
            #expect(fill.side == same.side && fill.symbol == same.symbol && fill.fee == same.fee)
            #expect(fill.clientOrder == same.clientOrder || fill.clientOrder.isEmpty, "\(fill)")
        }
        let last = desk.box.all.reversed().lazy.compactMap { report -> VenueAccount? in
            if case .account(let account) = report { account } else { nil }
        }
        #expect(last.first?.cash == account.cash && last.first?.positions == account.positions)
        let everything = desk.truth.box.all
        for name in names {
            // The exchange tells its own of every order that it has; of the others it has none.
            let (real, told) = (ends(everything, name), ends(desk.box.all, name))
            guard let end = real.last else {
                #expect(told.allSatisfy { $0 == .rejected || $0 == .unknown }, "\(name): \(told)")
                continue
            }
            #expect(told.allSatisfy { $0 == end }, "\(name): \(told) instead of \(end)")
        }
    }
}
