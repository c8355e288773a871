namespace CogVideoX.Pipelines.Media;

/// <summary>An encoder of ffmpeg, with the arguments that make it good.</summary>
internal sealed record FfmpegEncoder(string Name, params string[] Arguments);
