import CCurl

/// The linked network library.
public enum CurlLibrary {
    public static var version: String {
        guard let information = curl_version_info(CURLVERSION_FIRST) else { return "" }
        let number = information.pointee.version_num
        return "\(number >> 16).\(number >> 8 & 0xff).\(number & 0xff)"
    }
}
