using System.Globalization;
using System.Text;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// YUV4MPEG2 with 8 bits: 4:4:4, 4:2:2, 4:2:0 and grey. Colour is BT.601, limited range unless the file says full, as programs take it
/// that aren't told. Chroma of less than full size stands for all pixels that share it.
/// </summary>
internal sealed class Y4mFrames : FrameSource
{
    public const string Demuxer = "yuv4mpegpipe";
    private const int LongestLine = 1024;

    private readonly FileStream file;
    private readonly int chromaWidth, chromaHeight, right, down;
    private readonly bool isFullRange;
    private readonly byte[] planes;
    private long done;

    public Y4mFrames(string path, InputLimits limits)
        : base(VideoProbe.Subject(path))
    {
        file = Opened(Subject, path);
        try
        {
            string first = Line() ?? throw Damaged("its first line has no end");
            var header = first.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
            int width = Whole(header, 'W'), height = Whole(header, 'H');
            limits.CheckSize(Subject, width, height);
            string colour = Field(header, 'C') ?? "420jpeg";
            (right, down) = Subsampling(colour);
            isFullRange = header.Contains("XCOLORRANGE=FULL");
            bool isGrey = colour == "mono";
            (chromaWidth, chromaHeight) = isGrey ? (0, 0) : ((width + (1 << right) - 1) >> right, (height + (1 << down) - 1) >> down);
            planes = new byte[(long)width * height + 2L * chromaWidth * chromaHeight];
            CheckNotInterlaced(Field(header, 'I'));
            if (file.Position == file.Length)
                throw new InputException($"{Subject} has no frames: the Y4M file ends behind its first line. Write it anew.");
            var rate = Ratio.TryParse(Field(header, 'F'));
            long frames = (file.Length - file.Position) / (planes.Length + "FRAME\n".Length);
            Probe = new VideoProbe("Y4M", width, height, PixelFormat(colour))
            {
                Rate = rate,
                FrameCount = frames > 0 ? frames : null,
                Duration = VideoProbe.Lasting(frames, rate),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override VideoProbe Probe { get; }

    public override bool Read(Span<byte> frame, CancellationToken cancellation)
    {
        if (!Skip(frame, cancellation))
            return false;
        Convert(frame);
        return true;
    }

    public override bool Skip(Span<byte> scratch, CancellationToken cancellation)
    {
        try
        {
            long start = file.Position;
            string? mark = Line();
            if (file.Position == start && done > 0)
                return false; // nothing at all stands behind the last frame
            if (mark is null && file.Position == file.Length && file.Position > start)
                throw new InputException($"{Subject} is cut off before frame {done + 1}. Copy or download it again.");
            if (mark is null || mark.Split(' ')[0] != "FRAME")
                throw Damaged($"frame {done + 1} doesn't begin with FRAME");
            if (file.ReadAtLeast(planes, planes.Length, throwOnEndOfStream: false) < planes.Length)
                throw new InputException($"{Subject} is cut off within frame {done + 1}. Copy or download it again.");
        }
        catch (IOException exception)
        {
            throw new InputException($"{Subject} can't be read: {Quoted.Line(exception.Message)}", exception);
        }
        done++;
        return true;
    }

    public override void Dispose() => file.Dispose();

    private void Convert(Span<byte> rgb)
    {
        var (width, height) = (Probe.Width, Probe.Height);
        var luma = planes.AsSpan(0, width * height);
        var blueness = planes.AsSpan(luma.Length, chromaWidth * chromaHeight);
        var redness = planes.AsSpan(luma.Length + blueness.Length, blueness.Length);
        for (int row = 0, at = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++, at++)
            {
                int chroma = (row >> down) * chromaWidth + (column >> right);
                var (cb, cr) = chromaWidth == 0 ? ((byte)128, (byte)128) : (blueness[chroma], redness[chroma]);
                ToRgb24(luma[at], cb, cr, rgb.Slice(3 * at, 3));
            }
        }
    }

    // The inverse of ITU-R BT.601-7, 2.5.1 to 2.5.3.
    private void ToRgb24(byte y, byte cb, byte cr, Span<byte> rgb)
    {
        const float RedWeight = 0.299f, GreenWeight = 0.587f, BlueWeight = 0.114f;
        float luma = isFullRange ? y : (y - 16) * (255f / 219);
        float scale = isFullRange ? 2 : 2 * 255f / 224;
        float blue = luma + (cb - 128) * scale * (1 - BlueWeight);
        float red = luma + (cr - 128) * scale * (1 - RedWeight);
        float green = (luma - RedWeight * red - BlueWeight * blue) / GreenWeight;
        (rgb[0], rgb[1], rgb[2]) = (ToByte(red), ToByte(green), ToByte(blue));
    }

    private static byte ToByte(float value) => (byte)MathF.Round(Math.Clamp(value, 0, 255));

    private void CheckNotInterlaced(string? interlacing)
    {
        if (interlacing is "t" or "b" or "m")
        {
            throw new InputException(
                $"{Subject} is interlaced (I{interlacing}): its frames are two moments each. "
                + "Make it progressive first, as with ffmpeg -vf yadif.");
        }
    }

    private (int Right, int Down) Subsampling(string colour) => colour switch
    {
        "444" or "mono" => (0, 0),
        "422" => (1, 0),
        "420" or "420jpeg" or "420mpeg2" or "420paldv" => (1, 1),
        _ => throw new InputException(
            $"{Subject} has pixels of the kind {Quoted.Name("C" + colour)}; C444, C422, C420 and Cmono with 8 bits are read. "
            + "Convert it first."),
    };

    private static string PixelFormat(string colour) => colour switch
    {
        "444" => "yuv444p",
        "422" => "yuv422p",
        "mono" => "gray",
        _ => "yuv420p",
    };

    private int Whole(List<string> header, char tag) =>
        int.TryParse(Field(header, tag), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Damaged($"its first line has no size under {tag}");

    private static string? Field(List<string> header, char tag) => header.FirstOrDefault(field => field[0] == tag)?[1..];

    /// <summary>The line that begins here, or null where none ends in time.</summary>
    private string? Line()
    {
        var line = new StringBuilder();
        for (int next; (next = file.ReadByte()) >= 0 && line.Length < LongestLine;)
        {
            if (next == '\n')
                return line.ToString();
            line.Append((char)next);
        }
        return null;
    }

    private InputException Damaged(string what) => new($"{Subject} is a damaged Y4M file: {what}. Write it anew.");

}
