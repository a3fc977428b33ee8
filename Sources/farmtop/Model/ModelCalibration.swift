import CModel
import Crypto
import FailureDetection
import Foundation
import Text

/// What turns a network's scores into failure probabilities: the table of likelihoods that was fitted for it, where there
/// is one. For a network of files the table lies beside the weights, with `.likelihoods` for `.weights`.
struct ModelCalibration {
    /// SHA-256 of the cfg's bytes followed by those of the weights, 64 hex digits.
    var digest: String
    /// Nil: the number follows the rule of 0.1.
    var table: LikelihoodTable?
    /// Why a table that is there is not used.
    var refusal: String?

    var failureModel: FailureModel { FailureModel(likelihoods: table) }

    /// For `model info`, the log and the doctor.
    var sentence: String {
        if table != nil { return "calibrated: its scores were fitted to failure probabilities" }
        let rule = "the failure probability follows the older rule"
        return refusal.map { "uncalibrated, \(rule): \($0)" } ?? "uncalibrated: \(rule)"
    }

    /// - Parameter text: of the table; nil where there is none.
    init(digest: String, text: Data?) {
        self.digest = digest
        guard let text else { return }
        do throws(LikelihoodTableError) {
            let table = try LikelihoodTable(text: text)
            guard table.digest == digest else {
                refusal = "the likelihood table was fitted for another network (\(table.digest.prefix(12))…)."
                return
            }
            self.table = table
        } catch {
            refusal = error.description
        }
    }
}

extension ModelSource {
    /// Reads cfg and weights once; 13 MB take 10 to 30 ms.
    func calibration() throws -> ModelCalibration {
        var hash = SHA256()
        guard !cfgPath.isEmpty else {
            var counts = (cfg: 0, weights: 0, table: 0)
            hash.update(bufferPointer: UnsafeRawBufferPointer(start: farmtop_model_cfg(&counts.cfg), count: counts.cfg))
            hash.update(
                bufferPointer: UnsafeRawBufferPointer(
                    start: farmtop_model_weights(&counts.weights), count: counts.weights))
            let table = UnsafeRawBufferPointer(start: farmtop_model_likelihoods(&counts.table), count: counts.table)
            return ModelCalibration(digest: Hexadecimal.text(hash.finalize()), text: Data(table))
        }
        for path in [cfgPath, weightsFile] {
            // Who loads the network says what is wrong with its files.
            guard let file = FileHandle(forReadingAtPath: path) else { return ModelCalibration(digest: "", text: nil) }
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
            try file.close()
        }
        return ModelCalibration(
            digest: Hexadecimal.text(hash.finalize()), text: FileManager.default.contents(atPath: likelihoodsFile))
    }

    /// Beside the weights.
    var likelihoodsFile: String {
        (weightsFile.hasSuffix(".weights") ? String(weightsFile.dropLast(8)) : weightsFile) + ".likelihoods"
    }
}
