using System.Diagnostics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>
/// Where the tensors lie that some work makes, one after the other, in one block of memory. A first pass of the work finds how large they
/// are and which live at the same time; then each gets its place, which is the same in every pass that follows.
/// </summary>
internal sealed class PlacedTensors
{
    private const long Alignment = 256; // that of a driver's blocks: the same kernels are chosen as elsewhere

    private readonly List<Place> places = [];
    private Device? device;
    private Tensor block; // none in the first pass
    private int next, live;
    private int events;

    /// <summary>Bytes of the block, once the first pass is over.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins the first pass, whose tensors have addresses and no memory.</summary>
    /// <param name="rehearsal">What it runs on.</param>
    public void Begin(Device rehearsal) => device = rehearsal;

    /// <summary>Begins a later pass.</summary>
    /// <param name="on">The device that it runs on.</param>
    /// <param name="in">The block.</param>
    public void Begin(Device on, Tensor @in)
    {
        (device, block, next) = (on, @in, 0);
        if (@in.Bytes < Bytes)
            throw new ArgumentException($"A block of {@in.Bytes} bytes is smaller than the {Bytes} that are needed.", nameof(@in));
    }

    /// <summary>Ends a pass; the first one gives each tensor its place.</summary>
    /// <exception cref="InvalidOperationException">Some of the tensors live still.</exception>
    public void End()
    {
        device = null;
        if (live != 0)
            throw new InvalidOperationException($"Recorded work leaves {live} tensors behind; results go where its caller has room.");
        if (block.IsNone)
            Arrange();
    }

    /// <summary>The place of the next tensor.</summary>
    public unsafe void Take(TensorBuffer buffer, long bytes)
    {
        long offset = 0;
        if (block.IsNone)
            places.Add(new Place(bytes, events++));
        else
            offset = Known(bytes).Offset;
        buffer.Address = block.IsNone ? (nint)Alignment : (nint)(block.Address + offset);
        buffer.Bytes = bytes;
        buffer.Device = device;
        (buffer.Places, buffer.PlaceIndex) = (this, next++);
        live++;
    }

    public void Release(TensorBuffer buffer)
    {
        live--;
        if (block.IsNone)
            places[buffer.PlaceIndex].End = events++;
        buffer.Places = null;
    }

    private Place Known(long bytes) => next < places.Count && places[next].Bytes == bytes
        ? places[next]
        : throw new UnreachableException($"Recorded work asks for other tensors than in its rehearsal: {bytes} bytes as number {next}.");

    // The largest first, each as far in front as those allow that live at the same time.
    private void Arrange()
    {
        var arranged = new List<Place>(); // by offset
        foreach (Place place in places.OrderByDescending(place => place.Bytes))
        {
            long end = 0;
            foreach (Place other in arranged.Where(place.Meets))
            {
                if (other.Offset - end >= place.Size)
                    break;
                end = Math.Max(end, other.Offset + other.Size);
            }
            place.Offset = end;
            Bytes = Math.Max(Bytes, end + place.Size);
            int index = arranged.FindIndex(other => other.Offset > end);
            arranged.Insert(index < 0 ? arranged.Count : index, place);
        }
    }

    private sealed class Place(long bytes, int begin)
    {
        public long Bytes => bytes;

        public long Size { get; } = (bytes + Alignment - 1) / Alignment * Alignment;

        /// <summary>When it was asked for, and given back, counted in such events.</summary>
        public int Begin => begin;

        public int End { get; set; }

        public long Offset { get; set; }

        public bool Meets(Place other) => Begin < other.End && other.Begin < End;
    }
}
