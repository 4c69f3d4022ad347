import AlpacaWire
import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

/// What venues say of their instruments and fees, and the files that are made of it.
@Suite struct CatalogueTests {
    private static let modern = """
        {"timezone":"UTC","serverTime":1718000000000,"rateLimits":[],"symbols":[
        {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[
        {"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"99999999999999","tickSize":"0.01"},
        {"filterType":"LOT_SIZE","minQty":"0.00001","maxQty":"9e12","stepSize":"0.00001"},
        {"filterType":"MARKET_LOT_SIZE","minQty":"0","maxQty":"165.5","stepSize":"0"},
        {"filterType":"PERCENT_PRICE","multiplierUp":"1.3","multiplierDown":"0.7","avgPriceMins":5},
        {"filterType":"MIN_NOTIONAL","minNotional":"10","applyToMarket":true,"avgPriceMins":5},
        {"filterType":"MAX_NUM_ORDERS","limit":200},{"maxNumAlgoOrders":5,"filterType":"MAX_NUM_ALGO_ORDERS"},
        {"filterType":"SOMETHING_NEW","deep":[{"a":[1,2,{}]}]}]},
        {"symbol":"LUNABTC","status":"BREAK","baseAsset":"LUNA","quoteAsset":"BTC","filters":[]}]}
        """

    @Test func `filters are read by the names that Binance gives them`() throws {
        let info = try BinanceExchangeInfo(Array(Self.modern.utf8))
        #expect(info.serverTime?.description == "2024-06-10T06:13:20Z")
        #expect(info.instruments.map(\.symbol) == ["BTCUSDT", "LUNABTC"])
        #expect(info.instruments.map(\.isTradable) == [true, false])
        let rules = info.instruments[0].filters
        // More than a price or an order can be is the most that they can be.
        #expect(rules.maximumPrice.raw == .max && rules.maximumQuantity == Quantity.limit)
        #expect(rules.tick.description == "0.01" && rules.lot.description == "0.00001")
        #expect(rules.marketMaximumQuantity.description == "165.5" && rules.marketLot == .zero)
        #expect(
            rules.bidMultiplierUp.description == "1.3"
                && rules.askMultiplierUp == rules.bidMultiplierUp)
        #expect(rules.askMultiplierDown.description == "0.7" && rules.averageMinutes == 5)
        #expect(rules.minimumNotional.description == "10")
        #expect(rules.flags == VenueFiltersLoaded.minimumNotionalAppliesToMarket)
        #expect((rules.maximumOrders, rules.maximumStops) == (200, 5))
    }

    @Test func `an Alpaca asset has the rules of its class`() throws {
        let json = """
            [{"class":"us_equity","symbol":"AAPL","status":"active","tradable":true,"shortable":true,
              "fractionable":true,"last_price":"string"},
             {"class":"us_equity","symbol":"BRK.A","status":"active","tradable":true,"fractionable":false},
             {"class":"crypto","symbol":"BTC/USDT","status":"inactive","tradable":true,
              "min_order_size":"0.0001","min_trade_increment":"0.00001","price_increment":"1"}]
            """
        let assets = try AlpacaAssets(Array(json.utf8)).instruments
        #expect(assets.map(\.filters.lot.description) == ["0.000000001", "1", "0.00001"])
        #expect(assets.map(\.filters.tick.description) == ["0.01", "0.01", "1"])
        #expect(assets.map(\.filters.minimumNotional.description) == ["1", "0", "0"])
        #expect(
            assets.map(\.filters.minimumQuantity.description) == ["0.000000001", "1", "0.0001"])
        #expect(assets.map(\.isTradable) == [true, true, false])
        #expect(assets.map(\.isShortable) == [true, false, false])
        #expect(assets.map(\.base) == ["AAPL", "BRK.A", "BTC"])
        #expect(assets.map(\.quote) == ["USD", "USD", "USDT"])
        #expect(
            assets.map { $0.filters.flags & VenueFiltersLoaded.finerTickBelowOne != 0 } == [
                true, true, false,
            ])
    }

    @Test func `rates of all kinds add up to basis points, rounded up`() throws {
        let commission = """
            {"symbol":"BTCUSDT",
             "standardCommission":{"maker":"0.00100000","taker":"0.00120000","buyer":"0","seller":"0.0001"},
             "specialCommission":{"maker":"0.00000001","taker":"0","buyer":"0","seller":"0"},
             "taxCommission":{"maker":"0.00001","taker":"0.00002","buyer":"0","seller":"0"},
             "discount":{"enabledForAccount":true,"enabledForSymbol":true,"discountAsset":"BNB","discount":"0.75"}}
            """
        let fees = try BinanceFees.read(Array(commission.utf8))
        #expect(fees.map(\.maker.description) == ["11.101"])
        #expect(fees.map(\.taker.description) == ["13.2"])
        let list = #"[{"symbol":"ADABNB","makerCommission":"0.001","takerCommission":"0.002"}]"#
        #expect(try BinanceFees.read(Array(list.utf8)).map(\.taker.description) == ["20"])
        let account = """
            {"makerCommission":15,"takerCommission":15,"canTrade":true,
             "commissionRates":{"maker":"0.0015","taker":"0.0015","buyer":"0","seller":"0"},"balances":[]}
            """
        let all = try BinanceFees.read(Array(account.utf8))
        #expect(all.map(\.symbol) == [""] && all.map(\.maker.description) == ["15"])
        let schedule = VenueFees(
            venue: "binance", source: "a", madeAt: .zero, fees: all + fees)
        #expect(schedule["BTCUSDT"]?.taker.description == "13.2")
        #expect(schedule["ETHUSDT"]?.taker.description == "15")
        #expect(try VenueFees(schedule.bytes) == schedule)
    }

    @Test func `files are read as they were written`() throws {
        let info = try BinanceExchangeInfo(Array(Self.modern.utf8))
        let made = try #require(info.serverTime)
        let catalogue = VenueCatalogue(
            venue: "binance", source: "a \"b\"", madeAt: made, instruments: info.instruments)
        #expect(try VenueCatalogue(catalogue.bytes) == catalogue)
        #expect(
            catalogue.narrowed(to: ["LUNABTC", "NONE"]).instruments.map(\.symbol) == ["LUNABTC"])
        let event = try #require(catalogue.event("BTCUSDT", InstrumentID(7)))
        #expect(event.instrument == InstrumentID(7))
        #expect(event.origin == "binance 2024-06-10T06:13:20Z a \"b\"")
        #expect(catalogue.event("NONE", InstrumentID(7)) == nil)
        let universe = SymbolUniverse(
            venue: "binance", source: "x", madeAt: made, symbols: ["B", "A", "B"])
        #expect(universe.symbols == ["A", "B"])
        #expect(try SymbolUniverse(universe.bytes) == universe)
        #expect(try SymbolUniverse(Array(#"["Z","A"]"#.utf8)).symbols == ["A", "Z"])
    }

    @Test func `files of another kind, negative rules and cut answers are refused`() throws {
        for text in [
            "{}", "[]", "{\"symbols\":[]}", "{\"symbol\":\"\"}", "null", "",
            #"{"symbol":"A","filters":[{"filterType":"LOT_SIZE","minQty":"-1"}]}"#,
            #"{"symbol":"A","filters":[{"filterType":"LOT_SIZE","minQty":"1.0000000001"}]}"#,
            #"{"symbol":"A","filters":[{"filterType":"MAX_NUM_ORDERS","maxNumOrders":-1}]}"#,
            #"{"symbol":"A","filters":{}}"#, #"{"symbol":1}"#,
        ] {
            #expect(throws: JSONFault.self) { try BinanceExchangeInfo(Array(text.utf8)) }
            #expect(throws: JSONFault.self) { try VenueCatalogue(Array(text.utf8)) }
            #expect(throws: JSONFault.self) { try VenueFees(Array(text.utf8)) }
        }
        let whole = Array(Self.modern.utf8)
        for count in stride(from: 0, to: whole.count, by: 3) {
            #expect(throws: JSONFault.self) { try BinanceExchangeInfo(Array(whole.prefix(count))) }
        }
    }

    /// Bytes changed at random: an answer or a `JSONFault`, and what is read is never negative.
    @Test func `changed bytes are read or refused`() {
        var state: UInt64 = 7
        func roll(_ sides: Int) -> Int {
            state &*= 6_364_136_223_846_793_005
            state &+= 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(sides))
        }
        let whole = Array(Self.modern.utf8)
        let pieces = [
            "-", "\"", "{", "}", "[", "]", "1e999", "null", "true", "9", ",", ":", "\\", "\u{ff}",
        ]
        var counts = (read: 0, refused: 0)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...roll(2) {
                let place = roll(bytes.count)
                bytes.replaceSubrange(
                    place..<place + roll(2), with: pieces[roll(pieces.count)].utf8)
            }
            guard let info = try? BinanceExchangeInfo(bytes) else {
                counts.refused += 1
                continue
            }
            counts.read += 1
            for instrument in info.instruments {
                let rules = instrument.filters
                #expect(rules.tick.raw >= 0 && rules.lot.raw >= 0 && rules.minimumNotional.raw >= 0)
                #expect(rules.maximumQuantity <= Quantity.limit)
            }
        }
        #expect(counts.read > 1000 && counts.refused > 1000)
    }
}

@Suite(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
struct RecordedCatalogueTests {
    @Test func `the whole exchange of 2018 is read`() throws {
        let info = try BinanceExchangeInfo(RealData.bytes("binance/exchangeInfo_2018-02-10.json"))
        #expect(info.serverTime?.description == "2018-02-10T02:40:25.348Z")
        #expect(info.instruments.count == 265)
        for instrument in info.instruments {
            let rules = instrument.filters
            #expect(rules.tick.raw > 0 && rules.lot.raw > 0 && rules.minimumNotional.raw > 0)
            // The grids of that time began at the minimum; they are multiples all the same.
            #expect(rules.minimumPrice.raw % rules.tick.raw == 0)
            #expect(rules.minimumQuantity.raw % rules.lot.raw == 0)
            #expect(rules.flags == 0 && rules.maximumOrders == 0 && rules.bidMultiplierUp == .zero)
        }
        let catalogue = VenueCatalogue(
            venue: "binance", source: "x", madeAt: .zero, instruments: info.instruments)
        #expect(try VenueCatalogue(catalogue.bytes) == catalogue)
        #expect(catalogue["ETHBTC"]?.filters.tick.description == "0.000001")
    }

    @Test func `one symbol of 2026 is read`() throws {
        let info = try BinanceExchangeInfo(
            RealData.bytes("binance/recorded_symbolInfo_BTCUSDT_2026-06.json"))
        #expect(info.serverTime == nil)
        let rules = try #require(info.instruments.first?.filters)
        #expect(rules.maximumNotional.description == "9000000")
        #expect(rules.marketMaximumQuantity.description == "165.02219723")
        #expect(rules.flags == VenueFiltersLoaded.minimumNotionalAppliesToMarket)
        #expect((rules.maximumOrders, rules.maximumStops) == (200, 5))
        #expect(rules.bidMultiplierDown.description == "0.5")
    }

    @Test func `recorded assets of Alpaca are read`() throws {
        for name in ["test_get_asset_1", "test_get_all_assets_1", "test_get_all_assets_params_1"] {
            let assets = try AlpacaAssets(RealData.bytes("alpaca/rest/\(name).json")).instruments
            #expect(assets.map(\.symbol) == ["AAPL"] && assets.allSatisfy(\.isTradable))
        }
    }
}
