import CCurl
import LedgerDomain

/// A libcurl easy handle, used for one request after another.
final class HTTPHandle {
    let easy: UnsafeMutableRawPointer
    private var list: UnsafeMutablePointer<curl_slist>?

    init?() {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(list)
    }

    /// - Parameter transfer: must outlive the request; the client holds it.
    func prepare(_ transfer: HTTPTransfer, _ settings: HTTPClient.Settings) {
        curl_easy_reset(easy)
        curl_slist_free_all(list)
        list = nil
        let request = transfer.request
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PROXY, "")
        set(CURLOPT_USERAGENT, "ledger")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if !settings.authorityFile.isEmpty { set(CURLOPT_CAINFO, settings.authorityFile) }
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(settings.connectTimeout))
        set(CURLOPT_TIMEOUT_MS, Self.milliseconds(settings.timeout))
        setMethod(request)
        // Do not wait for a 100 response before sending the body.
        list = curl_slist_append(nil, "Expect:")
        for header in request.headers { list = curl_slist_append(list, header) }
        _ = ledger_curl_set_pointer(easy, CURLOPT_HTTPHEADER, list)
        setCallbacks(Unmanaged.passUnretained(transfer).toOpaque())
    }

    private func setMethod(_ request: HTTPRequest) {
        set(CURLOPT_CUSTOMREQUEST, request.method)
        guard !request.body.isEmpty || request.method == "POST" else {
            set(CURLOPT_HTTPGET, 1)
            set(CURLOPT_CUSTOMREQUEST, request.method)
            return
        }
        _ = ledger_curl_set_size(
            easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
        request.body.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress {
                _ = ledger_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, start)
            } else {
                set(CURLOPT_COPYPOSTFIELDS, "")
            }
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func setCallbacks(_ transfer: UnsafeMutableRawPointer) {
        _ = ledger_curl_set_write(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
            guard let bytes, let transfer else { return 0 }
            let whole = UnsafeRawBufferPointer(start: bytes, count: size * count)
            let own = Unmanaged<HTTPTransfer>.fromOpaque(transfer).takeUnretainedValue()
            return own.append(whole) ? whole.count : 0
        }
        _ = ledger_curl_set_pointer(easy, CURLOPT_WRITEDATA, transfer)
        _ = ledger_curl_set_write(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
            guard let bytes, let transfer else { return 0 }
            let whole = UnsafeRawBufferPointer(start: bytes, count: size * count)
            let own = Unmanaged<HTTPTransfer>.fromOpaque(transfer).takeUnretainedValue()
            return own.appendHeader(whole) ? whole.count : 0
        }
        _ = ledger_curl_set_pointer(easy, CURLOPT_HEADERDATA, transfer)
        _ = ledger_curl_set_prereq(easy) { transfer, _, _, _, _ in
            guard let transfer else { return CURL_PREREQFUNC_ABORT }
            let own = Unmanaged<HTTPTransfer>.fromOpaque(transfer).takeUnretainedValue()
            return own.willWrite() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        _ = ledger_curl_set_pointer(easy, CURLOPT_PREREQDATA, transfer)
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = ledger_curl_set_long(easy, option, value)
    }

    private func set(_ option: CURLoption, _ text: String) {
        _ = text.withCString { ledger_curl_set_pointer(easy, option, $0) }
    }

    private static func milliseconds(_ span: Nanoseconds) -> Int {
        max(1, Int(span.count / 1_000_000))
    }
}
