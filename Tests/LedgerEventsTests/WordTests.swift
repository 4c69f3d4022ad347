import LedgerDomain
import LedgerEvents
import Testing

/// The words that journals and other programs hold. They never change.
@Suite struct WordTests {
    private func expect<T: Worded & RawRepresentable<UInt8>>(_ type: T.Type, _ words: String) {
        let wanted = words.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(type.words == wanted)
        #expect(type.allCases.map(\.word) == wanted)
        #expect(type.allCases.map { "\($0)" } == wanted)
        #expect(type.allCases.map { Int($0.rawValue) } == Array(1...wanted.count))
        for (place, word) in wanted.enumerated() {
            #expect(T(word: word)?.rawValue == UInt8(place + 1))
        }
        #expect(T(word: "") == nil)
        #expect(T(word: wanted[0].uppercased()) == nil)
    }

    @Test func `the domain's enumerations keep their words`() {
        expect(InstrumentKind.self, "equity crypto")
        expect(AccountKind.self, "simulated paper live")
        expect(Side.self, "buy sell")
        expect(OrderType.self, "market limit stop stopLimit")
        expect(TimeInForce.self, "day goodTillCancelled immediateOrCancel fillOrKill")
        expect(TradingCalendar.self, "crypto nyse")
    }

    @Test func `the enumerations of orders and signals keep their words`() {
        expect(Purpose.self, "entry exit stopLoss takeProfit")
        expect(OrderFilled.Liquidity.self, "maker taker")
        expect(
            RejectionReason.self,
            """
            insufficientCash sizeZero currencyMismatch duplicateIntent belowLot unknownInstrument
            overflow noPosition badPrice workingOrder accountKind manualKill strategyDisabled mode
            flagFile drawdownStop reconciliation duplicateIntents orderRejections runFailures
            dailyDrawdown dailyLoss lossPause faultCounter authentication clock dataQuality
            feedPaused calendar regime correlation volatility topSignals signalRate portfolioHeat
            orderNotional positionQuantity positionNotional totalNotional totalExposure
            entriesPerDay orderRate tradeValue positionSize rampup priceFilter lotSize
            marketLotSize notional percentPrice maximumOrders orderStream rateUnknown
            buyingPower leverage marginDeficit
            """)
        expect(
            EndReason.self,
            """
            notFilled otherExitFilled positionClosed dayEnded runEnded operatorCancelled
            venueCancelled halted reconciled split
            """)
    }

    @Test func `the enumerations of the safety layer keep their words`() {
        expect(
            LatchSource.self,
            """
            configuration strategyList killSwitch flagFile mode drawdown reconciliation
            duplicateIntents orderRejections runFailures dailyDrawdown dailyLoss lossPause
            restFaults websocketFaults duplicateReports staleReports metrics authentication clock
            dataQuality feed calendar orderStream rates margin
            """)
        expect(LatchScope.self, "global strategy symbol")
        expect(LatchEffect.self, "blockEntries flatten blockAll")
        expect(ClearRule.self, "automatic operator")
        expect(TradingMode.self, "auto manual paper halt")
        expect(DrawdownPhase.self, "normal halt panic rampup")
        expect(
            FaultKind.self,
            """
            rest websocket duplicateReport staleData authentication orderRejected duplicateIntent
            orderStream venueUnreachable
            """)
        expect(Metric.self, "feedLag websocketFailures errorRate clockSkew latency")
        expect(AlertSeverity.self, "info warning critical")
        expect(
            AlertKind.self,
            """
            drawdownWarning drawdownHalt drawdownPanic killSwitch reconciliationFailed
            reconciliationPassed duplicateIntents noTrades rejectionRate strategyHealth
            dataQuality clockSkew latency stopRefused unprotected cancelPending fillCorrected
            marginDeficit
            """)
    }

    @Test func `the enumerations of journals and venues keep their words`() {
        expect(JournalKind.self, "tape backtest paper live general")
        expect(SnapshotKind.self, "start reconciliation end")
        expect(ReconciliationStatus.self, "pass fail skipped")
        expect(
            DiscrepancyKind.self,
            """
            positionOnlyAtVenue positionOnlyInLedger quantity averagePrice cash orderOnlyAtVenue
            orderOnlyInLedger unrecordedFill unreachable incomplete unreadable
            """)
        expect(
            VenueStatus.self,
            """
            pending accepted partiallyFilled filled cancelled expired rejected replaced
            cancelRefused replaceRefused unknown
            """)
        expect(VenueLink.self, "orders marketData requests key coinData")
        expect(ActivityKind.self, "fee dividend interest transfer split correction other")
        expect(HoldingReason.self, "foreign ignored")
        expect(VenueItem.self, "order position activity")
    }
}
