import Farm
import FarmService
import Text

extension JSONWriter {
    /// The answer of predict. `result` carries a copy of `temporal_stats`, where some published clients look.
    mutating func frameReport(_ report: FrameReport) {
        let pSum = report.detections.pSum
        object { json in
            json.member("result") { json in
                json.object { json in
                    json.member("p", min(pSum, 1))
                    json.member("p_sum", pSum)
                    json.member("detections") { $0.detections(report.detections) }
                    json.member("temporal_stats") { $0.temporalStatistics(report.statistics) }
                }
            }
            json.member("temporal_stats") { $0.temporalStatistics(report.statistics) }
            json.member("normalized_p", report.statistics.normalizedP)
            json.member("failure_probability", report.failureProbability)
            json.member("alert", report.alert)
            json.member("alert_standing", report.alertStanding)
            json.member("pause_requested", report.pauseRequested)
        }
    }

    private mutating func detections(_ detections: [Detection]) {
        array { json in
            for detection in detections {
                json.object { json in
                    json.member("confidence", detection.confidence)
                    json.member("bbox") { json in
                        json.array { json in
                            let box = detection.box
                            for number in [box.x, box.y, box.width, box.height] { json.value(number) }
                        }
                    }
                }
            }
        }
    }

    private mutating func temporalStatistics(_ statistics: TemporalStatistics) {
        object { json in
            json.member("ewm_mean", statistics.ewmMean)
            json.member("rolling_mean_short", statistics.rollingMeanShort)
            json.member("rolling_mean_long", statistics.rollingMeanLong)
            json.member("prediction_num", statistics.predictionNum)
            json.member("prediction_num_lifetime", statistics.predictionNumLifetime)
        }
    }
}
