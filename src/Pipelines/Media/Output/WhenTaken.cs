namespace CogVideoX.Pipelines.Media;

/// <summary>What to do where a file, or a folder that isn't empty, stands at the place of a new video.</summary>
public enum WhenTaken
{
    /// <summary>Keep it, and refuse. What appears while the video is made is kept too.</summary>
    Refuse,

    /// <summary>Replace it, once the new video is whole. A folder is only replaced if it holds a video.</summary>
    Overwrite,

    /// <summary>
    /// Keep it, and take the next free name: <c>clip.mp4</c>, <c>clip-2.mp4</c>, <c>clip-3.mp4</c>, … The name is taken when the video is
    /// whole, so that two programs that want the same one get different ones.
    /// </summary>
    NextFreeName,
}
