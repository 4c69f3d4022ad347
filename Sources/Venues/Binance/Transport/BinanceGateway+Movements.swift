import BinanceWire
import LedgerDomain
import LedgerTransport
import LedgerVenues

extension BinanceGateway {
    /// Reports nothing if an answer is missing: the next comparison asks again. What this server or key
    /// does not offer is not asked for a second time.
    public func queryActivities(since: Timestamp) {
        core.enqueue { [self] done in
            movements(
                BinanceMovements.allCases.filter { !notOffered.contains($0) }, since, [], done)
        }
    }

    private func movements(
        _ kinds: [BinanceMovements], _ since: Timestamp, _ found: [VenueActivity],
        _ done: @escaping @Sendable () -> Void
    ) {
        guard let kind = kinds.first else {
            if notOffered.count < BinanceMovements.allCases.count {
                core.report(.activities(found))
            }
            return done()
        }
        let rest = Array(kinds.dropFirst())
        let request = kind.request(since: since)
        core.channel.ask(request, retries: 0) { [self] result in
            do throws(MovementsError) {
                let list = try read(result, kind)
                core.report(list.unread, request.path)
                movements(rest, since, found + list.elements.flatMap { $0 }, done)
            } catch {
                switch error {
                case .notOffered:
                    notOffered.append(kind)
                    movements(rest, since, found, done)
                case .failed(let fault):
                    core.failed(fault, request.path)
                    done()
                }
            }
        }
    }

    private enum MovementsError: Error {
        case notOffered
        case failed(VenueFault)
    }

    private func read(
        _ result: Result<HTTPResult, VenueFault>, _ kind: BinanceMovements
    ) throws(MovementsError) -> VenueList<[VenueActivity]> {
        switch result {
        case .failure(.authentication), .failure(.refused): throw .notOffered
        // The test net has no wallet.
        case .failure(let fault) where fault.text.contains("HTTP 404"): throw .notOffered
        case .failure(let fault): throw .failed(fault)
        case .success(let result):
            guard case .answer(let answer) = result.outcome else {
                throw .failed(.unreachable("no answer"))
            }
            do throws(JSONFault) {
                return try kind.read(answer.body, cash: core.settings.quoteAsset)
            } catch { throw .failed(.malformed("\(error)")) }
        }
    }
}
