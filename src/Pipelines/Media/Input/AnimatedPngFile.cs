using System.Buffers.Binary;
using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// An animated PNG (PNG specification, third edition, 11.3.6), of which the frames' places are known and each is got as a still PNG file.
/// </summary>
internal sealed class AnimatedPngFile : IDisposable
{
    private const int HeaderBytes = 13, ControlBytes = 26, CountBytes = 8, MostPaletteBytes = 3 * 256, SequenceBytes = 4;
    private const int MostChunks = 1 << 24;

    private readonly FileStream file;
    private readonly PngChunkReader chunks;
    private readonly InputLimits limits;
    private readonly List<(string Type, byte[] Data)> shared = []; // what stands before the pixels and belongs to those of all frames
    private readonly List<AnimatedPngFrame> frames = [];
    private readonly byte[] header;
    private long sequence;
    private bool hasPixels, hasData = true; // of the file; of the frame that was added last

    /// <param name="file">Closed with this one, or with its error.</param> <param name="subject">What messages are about.</param>
    /// <param name="limits"/>
    /// <exception cref="InputException">It is damaged, cut off or too large.</exception>
    public AnimatedPngFile(FileStream file, string subject, InputLimits limits)
    {
        (this.file, this.limits) = (file, limits);
        try
        {
            chunks = new PngChunkReader(file, subject);
            chunks.Go(PngChunks.SignatureBytes);
            if (chunks.Type != "IHDR" || chunks.Length != HeaderBytes)
                throw chunks.Damaged("it doesn't begin with its size");
            header = chunks.Data(HeaderBytes);
            long width = BinaryPrimitives.ReadUInt32BigEndian(header), height = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            limits.CheckSize(subject, width, height);
            Size = new PixelSize((int)height, (int)width);
            Index();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Of the whole picture.</summary>
    public PixelSize Size { get; }

    public IReadOnlyList<AnimatedPngFrame> Frames => frames;

    /// <summary>ffmpeg's name for the stored pixels.</summary>
    public string PixelFormat => (header[9], header[8]) switch
    {
        (0, 16) => "gray16be",
        (0, _) => "gray",
        (2, 16) => "rgb48be",
        (2, _) => "rgb24",
        (3, _) => "pal8",
        (4, 16) => "ya16be",
        (4, _) => "ya8",
        (_, 16) => "rgba64be",
        _ => "rgba",
    };

    /// <summary>A frame as a file of its own, of the frame's size.</summary>
    /// <exception cref="InputException">It is damaged, or larger than the limits.</exception>
    public byte[] Still(int index)
    {
        AnimatedPngFrame frame = frames[index];
        var data = new MemoryStream();
        for (chunks.Go(frame.DataAt); chunks.Type is not ("fcTL" or "IEND"); chunks.Next())
        {
            if (chunks.Type is not ("IDAT" or "fdAT"))
                continue;
            data.Write(chunks.Data(limits.MostPictureBytes - data.Length).AsSpan(chunks.Type == "fdAT" ? SequenceBytes : 0));
        }
        byte[] own = [.. header];
        BinaryPrimitives.WriteInt32BigEndian(own, frame.Window.Size.Width);
        BinaryPrimitives.WriteInt32BigEndian(own.AsSpan(4), frame.Window.Size.Height);
        var still = new MemoryStream();
        PngChunks.WriteHeader(still, own);
        foreach ((string type, byte[] contents) in shared)
            PngChunks.Write(still, Encoding.ASCII.GetBytes(type), contents);
        PngChunks.Write(still, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        PngChunks.WriteEnd(still);
        return still.ToArray();
    }

    public void Dispose() => file.Dispose();

    private void Index()
    {
        long said = 0;
        int count = 0;
        for (chunks.Next(); chunks.Type != "IEND"; chunks.Next())
        {
            if (++count > MostChunks)
                throw chunks.Damaged($"it has more than {MostChunks} chunks");
            switch (chunks.Type)
            {
                case "acTL":
                    said = BinaryPrimitives.ReadUInt32BigEndian(Control(CountBytes));
                    break;
                case "PLTE" or "tRNS" when !hasPixels:
                    AddShared();
                    break;
                case "fcTL":
                    AddFrame(Control(ControlBytes));
                    break;
                case "IDAT":
                    TakeFirstPixels();
                    break;
                case "fdAT":
                    TakePixels();
                    break;
            }
        }
        if (!hasData || frames.Count == 0 || said != frames.Count)
            throw chunks.Damaged($"it is said to have {said} frames, and {frames.Count - (hasData ? 0 : 1)} are there");
    }

    private void AddShared()
    {
        if (shared.Any(chunk => chunk.Type == chunks.Type))
            throw chunks.Damaged($"its chunk {chunks.Type} is there twice");
        shared.Add((chunks.Type, chunks.Data(MostPaletteBytes)));
    }

    private void AddFrame(byte[] control)
    {
        CheckSequence(control);
        if (!hasData)
            throw chunks.Damaged($"frame {frames.Count} has no pixels");
        frames.Add(Frame(control, chunks.End));
        hasData = false;
        if (frames.Count > limits.MostFrames)
            throw new InputException($"{chunks.Subject} has more than {limits.MostFrames} frames, the most that are read. Cut it first.");
    }

    // Before the first frame they are a picture for viewers that know nothing of animation.
    private void TakeFirstPixels()
    {
        hasPixels = true;
        hasData |= frames.Count == 1;
        if (frames.Count > 1 || (frames.Count == 1 && frames[0].Window != PixelWindow.Whole(Size)))
            throw chunks.Damaged("the pixels of its first frame aren't where they belong");
    }

    private void TakePixels()
    {
        CheckSequence(chunks.Start(stackalloc byte[SequenceBytes]));
        hasData |= chunks.Length > SequenceBytes;
        if (frames.Count == 0)
            throw chunks.Damaged("there are pixels before the first frame");
    }

    private byte[] Control(int length) =>
        chunks.Length == length ? chunks.Data(length) : throw chunks.Damaged($"its chunk {chunks.Type} has {chunks.Length} bytes");

    // One count goes through all chunks of an animation.
    private void CheckSequence(ReadOnlySpan<byte> data)
    {
        if (data.Length < SequenceBytes || BinaryPrimitives.ReadUInt32BigEndian(data) != sequence++)
            throw chunks.Damaged($"its chunk {chunks.Type} is out of order");
    }

    private AnimatedPngFrame Frame(ReadOnlySpan<byte> control, long dataAt)
    {
        long width = Number(control, 4), height = Number(control, 8), left = Number(control, 12), top = Number(control, 16);
        if (width < 1 || height < 1 || left + width > Size.Width || top + height > Size.Height)
            throw chunks.Damaged($"frame {frames.Count + 1} lies outside of the picture");
        if (control[24] > (byte)FrameDisposal.Previous || control[25] > 1)
            throw chunks.Damaged($"frame {frames.Count + 1} is to be shown in a way that there isn't");
        const int Hundredths = 100; // where the denominator is 0
        int numerator = BinaryPrimitives.ReadUInt16BigEndian(control[20..]);
        int denominator = BinaryPrimitives.ReadUInt16BigEndian(control[22..]);
        return new AnimatedPngFrame(
            new PixelWindow((int)top, (int)left, new PixelSize((int)height, (int)width)), numerator,
            denominator == 0 ? Hundredths : denominator, (FrameDisposal)control[24], IsBlended: control[25] == 1, dataAt);

        static long Number(ReadOnlySpan<byte> control, int at) => BinaryPrimitives.ReadUInt32BigEndian(control[at..]);
    }
}
