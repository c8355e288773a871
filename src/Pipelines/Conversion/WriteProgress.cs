using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>Counts what is written, and stops it between pieces.</summary>
/// <param name="progress">Told the bytes written and the bytes in all; null for nobody.</param>
/// <param name="cancellation">Ends the writing.</param>
internal sealed class WriteProgress(IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
{
    private long done;

    /// <summary>The bytes in all, once they are known.</summary>
    public long Total { get; set; }

    /// <summary>A tensor that is counted while it is written, and made when that begins.</summary>
    /// <param name="described">Name, type and shape; its filler isn't asked.</param>
    /// <param name="make">Makes it.</param>
    public TensorSource Watched(TensorSource described, Func<TensorSource> make)
    {
        TensorSource? made = null;
        return described with
        {
            Fill = (first, destination) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (first == 0)
                    made = make();
                made!.Fill(first, destination);
                done += destination.Length;
                progress?.Report((done, Math.Max(done, Total)));
            },
        };
    }

    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public void ThrowIfCancelled() => cancellation.ThrowIfCancellationRequested();
}
