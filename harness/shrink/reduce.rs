//! Removes parts of a list while a property holds. Pure: the property is asked through a closure.

/// How often the property may be asked in one reduction, and how many parts one more question is worth: halves of a
/// whole database are still long when the first questions are used up.
const QUESTIONS: usize = 64;
const PARTS: usize = 4;

/// The smallest list found for which `holds` says yes: halves first, then single parts (delta debugging).
/// `None` when it does not even hold for the whole list.
pub async fn reduce<T: Clone>(
    parts: &[T],
    mut holds: impl AsyncFnMut(&[T]) -> bool,
) -> Option<Vec<T>> {
    if !holds(parts).await {
        return None;
    }
    let mut kept = parts.to_vec();
    let questions = QUESTIONS.max(parts.len() / PARTS);
    let mut asked = 1;
    let mut size = kept.len().div_ceil(2);
    while size > 0 && !kept.is_empty() {
        let mut at = 0;
        while at < kept.len() && asked < questions {
            let end = (at + size).min(kept.len());
            let fewer: Vec<T> = kept[..at].iter().chain(&kept[end..]).cloned().collect();
            asked += 1;
            if holds(&fewer).await {
                kept = fewer;
            } else {
                at = end;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    Some(kept)
}

/// The same for parts that stand on one another, the later ones on those before them: the last are tried first. `fewer`
/// says what is left of a smaller list that still holds, which is less again where more falls with what was left out.
pub async fn reduce_to<T: Clone>(
    questions: usize,
    mut kept: Vec<T>,
    mut fewer: impl AsyncFnMut(&[T]) -> Option<Vec<T>>,
) -> Vec<T> {
    let mut asked = 0;
    let mut size = kept.len().div_ceil(2);
    while size > 0 && !kept.is_empty() {
        let mut end = kept.len();
        while end > 0 && asked < questions {
            let at = end.saturating_sub(size);
            let smaller: Vec<T> = kept[..at].iter().chain(&kept[end..]).cloned().collect();
            asked += 1;
            if let Some(left) = fewer(&smaller).await {
                kept = left;
            }
            end = at.min(kept.len());
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{reduce, reduce_to};

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime without IO needs nothing")
            .block_on(future)
    }

    #[test]
    fn only_what_the_property_needs_is_kept() {
        let parts: Vec<u32> = (0..40).collect();
        let kept = wait(reduce(&parts, async |some: &[u32]| {
            some.contains(&7) && some.contains(&31)
        }));
        assert_eq!(kept, Some(vec![7, 31]));
    }

    #[test]
    fn what_falls_with_a_part_is_gone_too() {
        let parts: Vec<u32> = (0..16).collect();
        // Every odd part stands on the even one before it, and 9 is what is wanted.
        let kept = wait(reduce_to(64, parts, async |some: &[u32]| {
            let stands = |part: &&u32| part.is_multiple_of(2) || some.contains(&(*part - 1));
            let left: Vec<u32> = some.iter().filter(stands).copied().collect();
            left.contains(&9).then_some(left)
        }));
        assert_eq!(kept, [8, 9]);
    }

    #[test]
    fn a_property_that_does_not_hold_at_first_gives_nothing() {
        assert_eq!(wait(reduce(&[1, 2, 3], async |_: &[i32]| false)), None);
    }
}
