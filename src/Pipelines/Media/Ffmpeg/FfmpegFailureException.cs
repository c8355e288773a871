namespace CogVideoX.Pipelines.Media;

/// <summary>ffmpeg, or ffprobe, ran and said no: most likely the file is to blame.</summary>
internal sealed class FfmpegFailureException(string message) : IOException(message);
