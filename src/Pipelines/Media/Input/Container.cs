using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>A kind of video file, known by its first bytes: ffmpeg is told how to read it, and never left to guess.</summary>
/// <param name="Name">For people.</param> <param name="Demuxer">ffmpeg's name for its reader.</param>
internal sealed record Container(string Name, string Demuxer)
{
    private const int StartLength = 1024, TransportPacket = 188;
    private const byte TransportMark = 0x47;

    private static readonly string[] IsoBoxes = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"];

    /// <summary>What a file is.</summary>
    /// <param name="path">Of a file, not of a folder.</param>
    /// <exception cref="InputException">It isn't there, can't be read, is empty, a list of files, or nothing that is known.</exception>
    public static Container Of(string path)
    {
        string subject = VideoProbe.Subject(path);
        (byte[] start, Container? container) = Look(subject, path);
        if (container is not null)
            return container;
        if (ListKind(start) is { } list)
            throw new InputException($"{subject} is {list}: it names other files, which aren't opened. Give the video file itself.");
        if (WebpXmp.IsAnimated(start))
        {
            throw new InputException(
                $"{subject} is an animated WebP, which isn't read, by ffmpeg neither. Convert it to an animated PNG with another program; "
                + "or, if it was made here, make it again under another ending, such as .png, .gif or .mp4.");
        }
        if (StillImage.KindOf(start) is { } picture)
            throw new InputException($"{subject} is a still picture ({picture}), not a video. Give a video, or a folder of PNG files.");
        throw new InputException(
            $"{subject} isn't a video of a known kind. Known are MP4, QuickTime, Matroska, WebM, AVI, GIF, APNG, FLV, Ogg, MPEG, ASF, MXF, "
            + "NUT, IVF, Y4M, and folders of PNG files.");
    }

    /// <summary>Whether a file is a still picture, and no video.</summary>
    /// <exception cref="InputException">It isn't there, can't be read, or is empty.</exception>
    internal static bool IsPicture(string path)
    {
        (byte[] start, Container? container) = Look($"The video or picture {Quoted.Path(path)}", path);
        return container is null && !WebpXmp.IsAnimated(start) && StillImage.KindOf(start) is not null;
    }

    private static Container? Recognise(ReadOnlySpan<byte> start)
    {
        if (start.Length >= 8 && IsIso(start[4..8]))
            return new("MP4 or QuickTime", "mov");
        if (start.Length > 11 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("AVI"u8))
            return new("AVI", "avi");
        if (start.Length > TransportPacket && start[0] == TransportMark && start[TransportPacket] == TransportMark)
            return new("MPEG transport stream", "mpegts");
        foreach ((byte[] mark, string name, string demuxer) in Marks)
        {
            if (start.StartsWith(mark))
                return new(name, demuxer);
        }
        return null;
    }

    private static readonly (byte[] Mark, string Name, string Demuxer)[] Marks =
    [
        ([0x1A, 0x45, 0xDF, 0xA3], "Matroska or WebM", "matroska"),
        ([.. "YUV4MPEG2 "u8], "Y4M", Y4mFrames.Demuxer),
        ([.. "GIF87a"u8], "GIF", "gif"),
        ([.. "GIF89a"u8], "GIF", "gif"),
        ([.. "FLV\u0001"u8], "FLV", "flv"),
        ([.. "OggS"u8], "Ogg", "ogg"),
        ([0x00, 0x00, 0x01, 0xBA], "MPEG program stream", "mpeg"),
        ([0x00, 0x00, 0x01, 0xB3], "MPEG video", "mpegvideo"),
        ([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], "ASF (WMV)", "asf"),
        ([0x06, 0x0E, 0x2B, 0x34], "MXF", "mxf"),
        ([.. "nut/multimedia container\0"u8], "NUT", "nut"),
        ([.. "DKIF"u8], "IVF", "ivf"),
    ];

    private static string? ListKind(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> text = start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? start[3..] : start;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("#EXTM3U"u8))
            return "an HLS playlist";
        if (text.StartsWith("ffconcat"u8) || text.StartsWith("file "u8))
            return "a list of ffmpeg's (concat)";
        if (text.IndexOf("<MPD"u8) >= 0)
            return "a DASH manifest";
        if (text.StartsWith("v=0"u8))
            return "a session description (SDP)";
        return text.StartsWith("[playlist]"u8) || text.IndexOf("<asx"u8) >= 0 ? "a playlist" : null;
    }

    private static bool IsIso(ReadOnlySpan<byte> type)
    {
        foreach (string box in IsoBoxes)
        {
            if (type[0] == box[0] && type[1] == box[1] && type[2] == box[2] && type[3] == box[3])
                return true;
        }
        return false;
    }

    private static (byte[] Start, Container? Container) Look(string subject, string path)
    {
        try
        {
            var target = new FileInfo(RealPath.Of(path));
            if (!target.Exists)
                throw new InputException($"{subject} isn't there.");
            if (target.Length == 0)
                throw new InputException($"{subject} is empty, a pipe or a device. Give a file.");
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var start = new byte[StartLength];
            start = start[..file.ReadAtLeast(start, StartLength, throwOnEndOfStream: false)];
            bool isAnimation = PngChunks.IsPng(start) && PngChunks.IsAnimated(file);
            return (start, isAnimation ? new("APNG", AnimatedPngFrames.Demuxer) : Recognise(start));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{subject} can't be read: {Quoted.Line(exception.Message)}", exception);
        }
    }
}
