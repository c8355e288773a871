using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Previews;

namespace CogVideoX.Pipelines;

/// <summary>Files that a run writes beside the video.</summary>
public sealed record GenerationFiles
{
    /// <summary>None.</summary>
    public static GenerationFiles None { get; } = new();

    /// <summary>A file for the latents as they stand before decoding; after a cancelled run, those of the last finished step.</summary>
    public string? SaveLatents { get; init; }

    /// <summary>A file for the prompt embeddings and the latents after each step.</summary>
    public string? Trace { get; init; }

    /// <summary>A file for the prompt embeddings, from which other runs can begin (<see cref="TextEmbeddings"/>).</summary>
    public string? SaveEmbeds { get; init; }

    /// <summary>
    /// A file for the run's state after each step, from which it goes on if it is interrupted, however that happens
    /// (<see cref="ResumeState"/>). It is a few times as large as the latents and stays when the run ends: remove it when the video is
    /// safe.
    /// </summary>
    public string? KeepState { get; init; }

    /// <summary>
    /// A small approximate video of what is sampled, which steps replace as they end: a frame of each latent frame, a pixel of each latent
    /// pixel, in any format of videos but a folder. One that exists is replaced.
    /// </summary>
    public string? Preview { get; init; }

    /// <summary>The map that makes it (<see cref="LatentPreview"/>); null for the one in the checkpoint's folder.</summary>
    public string? PreviewMap { get; init; }

    /// <summary>
    /// What the settings in the file of <see cref="KeepState"/> are, from those of the run; names are those of the library where it is
    /// null.
    /// </summary>
    internal Func<GenerationSettings, GenerationMetadata>? Describe { get; init; }

    /// <summary>The map of a checkpoint that previews are made with.</summary>
    internal string MapOf(string modelFolder) => PreviewMap ?? Path.Combine(modelFolder, LatentPreview.FileName);

    /// <exception cref="RequestException">One of them can't be written.</exception>
    internal void Check()
    {
        (string Property, string? Path)[] all =
        [
            (nameof(SaveLatents), SaveLatents), (nameof(Trace), Trace), (nameof(SaveEmbeds), SaveEmbeds), (nameof(KeepState), KeepState),
            (nameof(Preview), Preview),
        ];
        PathCheck.Check(nameof(PreviewMap), PreviewMap);
        if (Preview is not null && Path.EndsInDirectorySeparator(Preview))
            throw new RequestException(nameof(Preview), $"{Preview} is a folder; a preview is one file, such as preview.png.");
        for (int i = 0; i < all.Length; i++)
        {
            OutputChecks.Check(all[i].Property, all[i].Path);
            foreach ((string other, string? path) in all[..i])
                OutputChecks.CheckApart(all[i].Property, all[i].Path, other, path);
        }
    }
}
